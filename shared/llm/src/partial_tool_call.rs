//! Tool calls that a provider streams in parts.

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{Signature, ToolCall};

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
    pub(crate) data: Option<Value>,
}

impl PartialToolCall {
    /// Whether the arguments that have been received are complete JSON.
    pub(crate) fn has_complete_arguments(&self) -> bool {
        serde_json::from_str::<serde::de::IgnoredAny>(&self.arguments).is_ok()
    }

    /// The complete call, after its last part.
    pub(crate) fn into_tool_call(self) -> ToolCall {
        let Self { id, name, arguments, data } = self;
        let arguments = if arguments.trim().is_empty() {
            Value::Object(Map::new())
        } else {
            // Invalid JSON is kept as text: the tool's validation reports it to the model.
            serde_json::from_str(&arguments).unwrap_or(Value::String(arguments))
        };
        signed_call(id, name, arguments, data)
    }
}

/// A call with what its provider wants back. The name of the provider is added by the client.
pub(crate) fn signed_call(
    call_id: String,
    name: String,
    arguments: Value,
    data: Option<Value>,
) -> ToolCall {
    let id = if call_id.is_empty() { Uuid::now_v7().to_string() } else { call_id.clone() };
    let signature = Some(Signature { provider: String::new(), call_id, data });
    ToolCall { id, name, arguments, signature }
}
