//! The file that a scripted model plays.
//!
//! ```toml
//! [[reply]]
//! contains = "milk"            # or `says`: the whole message; in both, case does not count
//! steps = [
//!     { calls = [{ tool = "add_task", arguments = { title = "milk" } }] },
//!     { text = ["Added ", "milk."], pause_ms = 50 },
//! ]
//!
//! [[reply]]                    # without either, fits every message
//! steps = [{ text = ["I only know my lines."] }]
//! ```

use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// What a scripted model says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Script {
    /// The first one that fits the newest message of the user is played.
    #[serde(rename = "reply", default)]
    replies: Vec<Reply>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reply {
    /// The whole message.
    says: Option<String>,
    /// A part of it.
    contains: Option<String>,
    /// One for each call to the model within the turn. The last one is repeated.
    steps: Vec<Step>,
}

/// One answer of the model.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    /// The pieces of text, streamed one by one.
    #[serde(default)]
    pub(super) text: Vec<String>,
    /// How long each piece takes, in milliseconds. Default 0.
    #[serde(default)]
    pub(super) pause_ms: u64,
    /// The tools that it calls then.
    #[serde(default)]
    pub(super) calls: Vec<ToolUse>,
}

/// A call to a tool.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ToolUse {
    /// The tool's name.
    pub(super) tool: String,
    /// Its arguments.
    #[serde(default)]
    pub(super) arguments: Map<String, Value>,
}

impl Script {
    /// The script in a file: JSON where its name ends so, else TOML.
    ///
    /// # Errors
    /// Why it cannot be played, to stand behind the file's name.
    pub(crate) fn open(path: &Path) -> Result<Self, String> {
        let text =
            std::fs::read_to_string(path).map_err(|error| format!("cannot be read: {error}"))?;
        let is_json = path.extension().is_some_and(|it| it.eq_ignore_ascii_case("json"));
        Self::read(&text, is_json)
    }

    fn read(text: &str, is_json: bool) -> Result<Self, String> {
        let script: Self = if is_json { json(text)? } else { toml(text)? };
        for (index, Reply { steps, .. }) in script.replies.iter().enumerate() {
            let says_nothing = |step: &Step| step.calls.is_empty() && step.text.concat().is_empty();
            if steps.is_empty() || steps.iter().any(says_nothing) {
                return Err(format!(
                    "has a step without text or calls, or no step: reply {}",
                    index + 1
                ));
            }
        }
        if script.replies.iter().any(Reply::fits_all) {
            return Ok(script);
        }
        Err("has no reply without says and contains, for all other messages".to_owned())
    }

    /// The answer to a message, when the model has been asked so often in this turn.
    pub(super) fn step(&self, said: &str, asked_before: usize) -> &Step {
        let said = said.trim().to_lowercase();
        let fits = self.replies.iter().find(|reply| reply.fits(&said));
        let steps = &fits.expect("a script has a reply that fits all").steps;
        &steps[asked_before.min(steps.len() - 1)]
    }
}

impl Reply {
    /// Whether it is for a message, which is in lower case.
    fn fits(&self, said: &str) -> bool {
        let says = self.says.as_ref().is_none_or(|it| it.trim().to_lowercase() == said);
        says && self.contains.as_ref().is_none_or(|it| said.contains(&it.to_lowercase()))
    }

    fn fits_all(&self) -> bool {
        self.says.is_none() && self.contains.is_none()
    }
}

fn json<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| format!("is no script: {error}"))
}

fn toml<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    toml::from_str(text).map_err(|error: toml::de::Error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or("");
        let line = before.matches('\n').count() + 1;
        format!("is no script: line {line}: {}", error.message())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &str = r#"
        [[reply]]
        says = "Hello"
        steps = [{ text = ["Hi", "."] }]

        [[reply]]
        contains = "milk"
        steps = [{ calls = [{ tool = "add_task", arguments = { title = "milk" } }] }, { text = ["Done."] }]

        [[reply]]
        steps = [{ text = ["What?"] }]
    "#;

    #[test]
    fn the_first_reply_that_fits_is_played_step_by_step() {
        let script = Script::read(SCRIPT, false).expect("a script");
        let text = |said, asked| script.step(said, asked).text.concat();
        assert_eq!(text(" hello ", 0), "Hi.");
        assert_eq!(text("hello there", 0), "What?");
        assert_eq!(script.step("buy MILK", 0).calls[0].arguments["title"], "milk");
        assert_eq!((text("buy milk", 1), text("buy milk", 9)), ("Done.".into(), "Done.".into()));
    }

    #[test]
    fn the_same_can_be_json() {
        let text = r#"{"reply": [{"steps": [{"text": ["Hi"], "pause_ms": 1}]}]}"#;
        let script = Script::read(text, true).expect("a script");
        assert_eq!(script.step("", 0).pause_ms, 1);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let fault = |text, is_json| Script::read(text, is_json).expect_err("a fault");
        assert!(fault("[[reply]]\nsays = 1\nsteps = []", false).contains("line 2"));
        assert!(fault("[[reply]]\nlines = 1", false).contains("lines"));
        assert!(fault("{", true).contains("line 1"));
        assert!(fault("[[reply]]\nsteps = []", false).contains("reply 1"));
        let picky = "[[reply]]\nsays = \"a\"\nsteps = [{ text = [\"b\"] }]";
        assert!(fault(picky, false).contains("all other messages"));
    }
}
