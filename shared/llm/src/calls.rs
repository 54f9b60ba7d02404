//! Tool calls that a provider streams in pieces.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::Call;

/// A call whose arguments come piece by piece.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    /// The id that the provider gave it, if any.
    pub(super) id: String,
    /// The tool's name.
    pub(super) name: String,
    /// What there is of the arguments, as JSON.
    pub(super) arguments: String,
    /// What the provider wants back with the call.
    pub(super) signature: Option<String>,
}

impl Pieces {
    /// The call, when all pieces are there.
    pub(super) fn join(self) -> Call {
        let Self { id, name, arguments, signature } = self;
        let arguments = if arguments.trim().is_empty() {
            Value::Object(Map::new())
        } else {
            // What cannot be read goes back to the model, by the tool's own check.
            serde_json::from_str(&arguments).unwrap_or(Value::String(arguments))
        };
        Call { id: id_or_new(id), name, arguments, signature }
    }
}

/// An id of our own for a call that came without one.
pub(super) fn id_or_new(id: String) -> String {
    if id.is_empty() { Uuid::now_v7().to_string() } else { id }
}
