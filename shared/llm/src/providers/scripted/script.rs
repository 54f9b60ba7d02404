//! The file of a scripted model.
//!
//! ```toml
//! [[reply]]
//! contains = "milk"            # or `equals`: the whole message; both ignore case
//! steps = [
//!     { calls = [{ tool = "add_task", arguments = { title = "milk" } }] },
//!     { text = ["Added ", "milk."], delay = "50ms" },
//! ]
//!
//! [[reply]]                    # without either, matches every message
//! steps = [{ text = ["Nothing else is in the script."] }]
//! ```

use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use tandem_config::HumanDuration;

/// The replies of a scripted model.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Script {
    /// The first reply that matches the newest message of the user is played.
    #[serde(rename = "reply", default)]
    replies: Vec<Reply>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reply {
    /// Matches this message.
    equals: Option<String>,
    /// Matches messages that contain this.
    contains: Option<String>,
    /// One step for each call to the model in the turn. The last one is repeated.
    steps: Vec<Step>,
}

/// One response of the model.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    /// The text, streamed piece by piece.
    #[serde(default)]
    pub(super) text: Vec<String>,
    /// The delay before each piece. Default `"0s"`.
    #[serde(default)]
    pub(super) delay: HumanDuration,
    /// The tool calls after the text.
    #[serde(default)]
    pub(super) calls: Vec<ScriptedCall>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScriptedCall {
    pub(super) tool: String,
    #[serde(default)]
    pub(super) arguments: Map<String, Value>,
}

impl Script {
    /// Reads a script: JSON if the file name ends in `.json`, else TOML.
    ///
    /// # Errors
    /// Why the file cannot be used, as a phrase to follow the file's name.
    pub(super) fn load(path: &Path) -> Result<Self, String> {
        let text =
            std::fs::read_to_string(path).map_err(|error| format!("cannot be read: {error}"))?;
        let is_json = path.extension().is_some_and(|it| it.eq_ignore_ascii_case("json"));
        Self::parse(&text, is_json)
    }

    fn parse(text: &str, is_json: bool) -> Result<Self, String> {
        let script: Self = if is_json { parse_json(text)? } else { parse_toml(text)? };
        if let Some(index) = script.replies.iter().position(Reply::has_empty_step) {
            let number = index + 1;
            return Err(format!("has no steps, or a step without text and calls: reply {number}"));
        }
        if script.replies.iter().any(Reply::matches_all) {
            return Ok(script);
        }
        Err("has no reply without equals and contains, for all other messages".to_owned())
    }

    /// The response to a message; `index` is the number of responses before it in this turn.
    pub(super) fn find_step(&self, message: &str, index: usize) -> &Step {
        let message = message.trim().to_lowercase();
        let reply = self.replies.iter().find(|reply| reply.matches(&message));
        let steps = &reply.expect("a script has a reply that matches all messages").steps;
        &steps[index.min(steps.len() - 1)]
    }
}

impl Reply {
    /// Whether this is the reply to a message, which is in lower case.
    fn matches(&self, message: &str) -> bool {
        let equals = self.equals.as_ref().is_none_or(|it| it.trim().to_lowercase() == message);
        equals && self.contains.as_ref().is_none_or(|it| message.contains(&it.to_lowercase()))
    }

    fn matches_all(&self) -> bool {
        self.equals.is_none() && self.contains.is_none()
    }

    fn has_empty_step(&self) -> bool {
        self.steps.is_empty()
            || self.steps.iter().any(|it| it.calls.is_empty() && it.text.concat().is_empty())
    }
}

fn parse_json<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| format!("is not a valid script: {error}"))
}

fn parse_toml<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    toml::from_str(text).map_err(|error: toml::de::Error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or("");
        let line = before.matches('\n').count() + 1;
        format!("is not a valid script: line {line}: {}", error.message())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &str = r#"
        [[reply]]
        equals = "Hello"
        steps = [{ text = ["Hi", "."] }]

        [[reply]]
        contains = "milk"
        steps = [{ calls = [{ tool = "add_task", arguments = { title = "milk" } }] }, { text = ["Done."] }]

        [[reply]]
        steps = [{ text = ["What?"] }]
    "#;

    #[test]
    fn the_first_match_is_played_step_by_step() {
        let script = Script::parse(SCRIPT, false).expect("a script");
        let text = |message, index| script.find_step(message, index).text.concat();
        assert_eq!(text(" hello ", 0), "Hi.");
        assert_eq!(text("hello there", 0), "What?");
        assert_eq!(script.find_step("buy MILK", 0).calls[0].arguments["title"], "milk");
        assert_eq!((text("buy milk", 1), text("buy milk", 9)), ("Done.".into(), "Done.".into()));
    }

    #[test]
    fn a_script_may_be_json() {
        let text = r#"{"reply": [{"steps": [{"text": ["Hi"], "delay": "1ms"}]}]}"#;
        let script = Script::parse(text, true).expect("a script");
        assert_eq!(script.find_step("", 0).delay, HumanDuration::from_millis(1));
    }

    fn parse_error(text: &str, is_json: bool) -> String {
        Script::parse(text, is_json).expect_err("an error")
    }

    #[test]
    fn errors_name_the_line_or_the_reply() {
        assert!(parse_error("[[reply]]\nequals = 1\nsteps = []", false).contains("line 2"));
        assert!(parse_error("[[reply]]\nlines = 1", false).contains("lines"));
        assert!(parse_error("{", true).contains("line 1"));
        assert!(parse_error("[[reply]]\nsteps = []", false).contains("reply 1"));
        let incomplete = "[[reply]]\nequals = \"a\"\nsteps = [{ text = [\"b\"] }]";
        assert!(parse_error(incomplete, false).contains("all other messages"));
    }
}
