//! A turn: the assistant's work on one user message.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tandem_clock::Timestamp;
use tandem_proto::errors::ErrorReason;
use uuid::Uuid;

/// The assistant's work on one user message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    pub id: Uuid,
    pub conversation_id: Uuid,
    pub user_message_id: Uuid,
    /// The answer, complete or not; `None` until the turn ends, and if nothing was written.
    pub assistant_message_id: Option<Uuid>,
    /// The name of the model.
    pub model: String,
    pub state: TurnState,
    /// Set if the state is [`TurnState::Failed`].
    pub failure: Option<TurnFailure>,
    /// Zero until the turn ends.
    pub usage: TurnUsage,
    /// The sequence number of the newest event.
    pub last_sequence: i64,
    pub created: Timestamp,
    pub ended: Option<Timestamp>,
}

/// The state of a turn; all but `Running` are final.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TurnState {
    Running,
    /// The answer is complete.
    Completed,
    Failed,
    /// Cancelled by the user.
    Cancelled,
}

/// The resources that a turn used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TurnUsage {
    pub model_calls: i64,
    pub tool_calls: i64,
    pub input_tokens: i64,
    pub output_tokens: i64,
}

/// Why a turn failed, in words that callers may see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TurnFailure {
    /// The name of an [`ErrorReason`].
    reason: String,
    pub message: String,
    /// The delay before another message that the model's provider requests. Not stored with the turn, only
    /// in the event of its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_delay: Option<Duration>,
}

impl TurnFailure {
    #[must_use]
    pub fn new(reason: ErrorReason, message: impl Into<String>) -> Self {
        Self::from_stored(reason.as_str_name().to_owned(), message.into())
    }

    /// Restores a failure from its columns.
    #[must_use]
    pub fn from_stored(reason: String, message: String) -> Self {
        Self { reason, message, retry_delay: None }
    }

    #[must_use]
    pub fn with_retry_delay(self, retry_delay: Option<Duration>) -> Self {
        Self { retry_delay, ..self }
    }

    /// The name under which the reason is stored.
    #[must_use]
    pub fn reason_name(&self) -> &str {
        &self.reason
    }

    /// The reason; [`ErrorReason::Internal`] if this version does not know the stored name.
    #[must_use]
    pub fn error_reason(&self) -> ErrorReason {
        ErrorReason::from_str_name(&self.reason).unwrap_or(ErrorReason::Internal)
    }
}
