//! One answer of the model that calls tools, as the journal keeps it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{ToolCall, ToolStatus};

/// One whole answer of the model: what a worker that takes the turn over must not ask for again.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// What it said.
    pub text: String,
    /// The tools it wants called, in this order.
    pub calls: Vec<Planned>,
    /// Tokens that the model read for it.
    pub input_tokens: i64,
    /// Tokens that the model wrote.
    pub output_tokens: i64,
}

/// A tool call that the model wants made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Planned {
    /// Unique within the turn.
    pub id: String,
    /// The tool.
    pub name: String,
    /// What the model passes to it.
    pub arguments: Value,
    /// What its provider wants back with the result, as it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
}

impl Planned {
    /// The call as it begins.
    #[must_use]
    pub fn started(&self) -> ToolCall {
        ToolCall {
            id: self.id.clone(),
            name: self.name.clone(),
            arguments: self.arguments.clone(),
            result: None,
            status: ToolStatus::Running,
        }
    }
}
