//! Events of the OpenAI protocol, as servers send them.

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

#[derive(Deserialize)]
pub(super) struct Event {
    pub(super) error: Option<Value>,
    pub(super) choices: Option<Vec<Choice>>,
    pub(super) usage: Option<TokenCounts>,
}

#[derive(Deserialize)]
pub(super) struct Choice {
    pub(super) delta: Option<Delta>,
    /// Instead of `delta`, in a response that is not streamed.
    pub(super) message: Option<Delta>,
    pub(super) finish_reason: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Delta {
    #[serde(default, deserialize_with = "text_of_content")]
    pub(super) content: String,
    pub(super) refusal: Option<String>,
    pub(super) tool_calls: Option<Vec<CallDelta>>,
    #[serde(flatten)]
    pub(super) others: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(from = "RawCallDelta")]
pub(super) struct CallDelta {
    pub(super) index: Option<u64>,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) arguments: String,
    pub(super) extra_content: Option<Value>,
}

#[derive(Deserialize)]
pub(super) struct TokenCounts {
    pub(super) prompt_tokens: Option<u64>,
    pub(super) completion_tokens: Option<u64>,
}

#[derive(Deserialize)]
struct RawCallDelta {
    index: Option<u64>,
    id: Option<String>,
    function: Option<FunctionDelta>,
    extra_content: Option<Value>,
}

#[derive(Deserialize, Default)]
struct FunctionDelta {
    name: Option<String>,
    arguments: Option<Value>,
}

impl From<RawCallDelta> for CallDelta {
    fn from(raw: RawCallDelta) -> Self {
        let function = raw.function.unwrap_or_default();
        let arguments = match function.arguments {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text,
            // Some servers send the object itself.
            Some(value) => value.to_string(),
        };
        Self {
            index: raw.index,
            id: raw.id.unwrap_or_default(),
            name: function.name.unwrap_or_default(),
            arguments,
            extra_content: raw.extra_content,
        }
    }
}

/// The text of a message's content: a text, or a list of parts of which only texts are shown.
fn text_of_content<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => text,
        Value::Array(parts) => parts.iter().filter_map(|part| part["text"].as_str()).collect(),
        _ => String::new(),
    })
}
