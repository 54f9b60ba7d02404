//! The events of a turn, in the form in which they are stored and sent to followers.

use serde::{Deserialize, Serialize};

use super::{Message, ToolCall, TurnFailure};

/// One event of a turn. The last one is terminal, and there is exactly one terminal event.
///
/// Stored as JSON with the variant's name as its kind: an unknown kind is a decoding error.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum TurnEvent {
    /// The user message is stored and the turn is running.
    Started {
        message: Message,
        model: String,
    },
    /// The next piece of the answer.
    Text(String),
    ToolStarted(ToolCall),
    ToolFinished(ToolCall),
    /// Terminal: `message` is the answer.
    Completed {
        message: Message,
    },
    /// Terminal: `message` is the incomplete answer, if any of it was written.
    Failed {
        failure: TurnFailure,
        message: Option<Message>,
    },
    /// Terminal: `message` is the incomplete answer, if any of it was written.
    Cancelled {
        message: Option<Message>,
    },
}

impl TurnEvent {
    /// Whether the turn ends with this event.
    #[must_use]
    pub fn is_terminal(&self) -> bool {
        matches!(self, Self::Completed { .. } | Self::Failed { .. } | Self::Cancelled { .. })
    }
}
