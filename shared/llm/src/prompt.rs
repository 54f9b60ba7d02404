//! The input of a model.

use chrono::DateTime;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The input of one call to a model.
#[derive(Debug, Clone)]
pub struct Prompt {
    /// The system prompt, which precedes all entries.
    pub system: String,
    /// The conversation, oldest entry first. Ends with the user message or the tool results to respond
    /// to.
    pub entries: Vec<Entry>,
    /// The tools that the model may call.
    pub tools: Vec<tandem_task_tools::Spec>,
    /// Start time of the turn in the user's time zone: the reference for words such as "tomorrow".
    pub now: DateTime<Tz>,
    /// Maximum length of the response, in tokens.
    pub max_output_tokens: u32,
}

/// One entry of a conversation.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    /// A message of the user.
    User(String),
    /// A response of the model.
    Assistant {
        /// The text; may be empty if there are tool calls.
        text: String,
        /// The tool calls, in execution order.
        calls: Vec<ToolCall>,
    },
    /// The result of a tool call.
    ToolResult {
        /// The `id` of the [`ToolCall`].
        call_id: String,
        /// The tool's name.
        name: String,
        /// The result: an object with a `status`.
        result: Value,
    },
}

/// A tool call requested by a model.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ToolCall {
    /// Unique within the turn.
    pub id: String,
    /// The tool's name.
    pub name: String,
    /// The arguments as written by the model, not yet validated: an object, or a string if the model
    /// wrote invalid JSON.
    pub arguments: Value,
    /// What the provider of the call wants back with it; `None` if no provider made the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Signature>,
}

/// What a provider wants back with a call of its own. No other provider receives it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// The name of the provider in the settings.
    pub provider: String,
    /// The provider's id of the call; empty if it has none.
    pub call_id: String,
    /// Opaque data, to be returned unchanged: a thought signature, thinking blocks, reasoning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
}
