//! A turn: the assistant's work on one message.

use serde::{Deserialize, Serialize};
use tandem_clock::Timestamp;
use tandem_proto::errors::ErrorReason;
use uuid::Uuid;

/// The assistant's work on one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// Its id.
    pub id: Uuid,
    /// The conversation.
    pub conversation_id: Uuid,
    /// The message that it works on.
    pub user_message_id: Uuid,
    /// The answer, or what there is of it.
    pub assistant_message_id: Option<Uuid>,
    /// The model that answers.
    pub model: String,
    /// Where it stands.
    pub state: State,
    /// Why it failed.
    pub failure: Option<Failure>,
    /// What it took so far.
    pub usage: Usage,
    /// The sequence number of its newest event.
    pub last_sequence: i64,
    /// When it began.
    pub created: Timestamp,
    /// When it ended.
    pub ended: Option<Timestamp>,
}

/// Where a turn stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The agent works on it.
    Running,
    /// Answered.
    Completed,
    /// Given up.
    Failed,
    /// Cancelled by the user.
    Cancelled,
}

/// What a turn took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Calls to the model.
    pub model_calls: i64,
    /// Calls to tools.
    pub tool_calls: i64,
    /// Tokens that the model read.
    pub input_tokens: i64,
    /// Tokens that the model wrote.
    pub output_tokens: i64,
}

/// Why a turn failed: what callers may know of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The name of a [`ErrorReason`].
    reason: String,
    /// The same for people.
    pub message: String,
}

impl Failure {
    /// A failure for `reason`.
    #[must_use]
    pub fn new(reason: ErrorReason, message: impl Into<String>) -> Self {
        Self::stored(reason.as_str_name().to_owned(), message.into())
    }

    /// A failure as it was stored.
    #[must_use]
    pub fn stored(reason: String, message: String) -> Self {
        Self { reason, message }
    }

    /// The reason's name, as it is stored.
    #[must_use]
    pub fn reason_name(&self) -> &str {
        &self.reason
    }

    /// The reason; [`ErrorReason::Internal`] for one that this version does not know.
    #[must_use]
    pub fn reason(&self) -> ErrorReason {
        ErrorReason::from_str_name(&self.reason).unwrap_or(ErrorReason::Internal)
    }
}
