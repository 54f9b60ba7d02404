//! Model responses with tool calls, as the journal stores them.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{ToolCall, ToolStatus};

/// One complete response of the model. A worker that takes the turn over does not request it again.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ModelResponse {
    pub text: String,
    /// Executed in this order.
    pub calls: Vec<PlannedToolCall>,
    pub input_tokens: i64,
    pub output_tokens: i64,
    /// The name of the model that responded; empty in turns of earlier versions.
    #[serde(default)]
    pub model: String,
    /// The model stopped before its response was complete.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub incomplete: bool,
}

impl ModelResponse {
    /// Whether there is neither text nor a call.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.trim().is_empty() && self.calls.is_empty()
    }
}

/// A tool call that the model requests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedToolCall {
    /// Unique within the turn.
    pub id: String,
    pub name: String,
    pub arguments: Value,
    /// What the provider of the call wants back with it, opaque here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Value>,
}

impl PlannedToolCall {
    /// The call at its start, without a result.
    #[must_use]
    pub fn to_running_call(&self) -> ToolCall {
        ToolCall {
            id: self.id.clone(),
            name: self.name.clone(),
            arguments: self.arguments.clone(),
            result: None,
            status: ToolStatus::Running,
        }
    }
}
