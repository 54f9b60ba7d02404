//! What the followers of a turn get to know, in the form in which it is stored.

use serde::{Deserialize, Serialize};

use super::{Failure, Message, ToolCall};

/// One event of a turn. The last one is an end, and there is exactly one end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// The message is stored and the agent begins.
    Started {
        /// The message.
        message: Message,
        /// The model that answers.
        model: String,
    },
    /// The next piece of the answer.
    Text(String),
    /// The agent calls a tool.
    ToolStarted(ToolCall),
    /// The tool answered.
    ToolFinished(ToolCall),
    /// The end: answered.
    Completed {
        /// The answer.
        message: Message,
    },
    /// The end: given up.
    Failed {
        /// Why.
        failure: Failure,
        /// What had been written of an answer.
        message: Option<Message>,
    },
    /// The end: cancelled by the user.
    Cancelled {
        /// What had been written of an answer.
        message: Option<Message>,
    },
}

impl Event {
    /// Whether the turn ends with this.
    #[must_use]
    pub fn is_end(&self) -> bool {
        matches!(self, Self::Completed { .. } | Self::Failed { .. } | Self::Cancelled { .. })
    }
}
