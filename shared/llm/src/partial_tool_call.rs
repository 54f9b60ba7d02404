//! Tool calls that a provider streams in parts.

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::ToolCall;

/// A tool call whose arguments are still being received.
#[derive(Debug, Default)]
pub(crate) struct PartialToolCall {
    /// The provider's id; empty if it has none.
    pub(crate) id: String,
    /// The tool's name.
    pub(crate) name: String,
    /// The part of the JSON arguments that has been received.
    pub(crate) arguments: String,
    /// Opaque provider data, to be sent back with the call.
    pub(crate) signature: Option<String>,
}

impl PartialToolCall {
    /// The complete call, after its last part.
    pub(crate) fn into_tool_call(self) -> ToolCall {
        let Self { id, name, arguments, signature } = self;
        let arguments = if arguments.trim().is_empty() {
            Value::Object(Map::new())
        } else {
            // Invalid JSON is kept as text: the tool's validation reports it to the model.
            serde_json::from_str(&arguments).unwrap_or(Value::String(arguments))
        };
        ToolCall { id: id_or_new(id), name, arguments, signature }
    }
}

/// `id`, or a new UUIDv7 if it is empty.
pub(crate) fn id_or_new(id: String) -> String {
    if id.is_empty() { Uuid::now_v7().to_string() } else { id }
}
