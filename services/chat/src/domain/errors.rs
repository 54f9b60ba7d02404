//! The errors that only this service has.

use tandem_error::{Class, Error, ServiceError};
use tandem_proto::errors::ErrorReason;
use uuid::Uuid;

use super::TurnFailure;

/// The conversation has a running turn; the metadata contains its id.
#[must_use]
pub fn turn_in_progress(turn_id: Uuid) -> Error {
    let message = "the conversation has a running turn";
    ServiceError::new(Class::Conflict, ErrorReason::TurnInProgress, message)
        .with_metadata("turn_id", turn_id)
        .into()
}

/// The turn that the call waited for has failed. The message is stored, and tools may have had effects: no
/// code that proxies repeat, and no delay for a repeat.
#[must_use]
pub fn turn_failed(posted: Posted, failure: &TurnFailure) -> Error {
    let reason = failure.error_reason();
    let error = posted.error(failure_class(reason), reason, &failure.message);
    match failure.retry_delay {
        Some(delay) => {
            error.with_metadata("retry_delay", format!("{}s", delay.as_secs_f64())).into()
        }
        None => error.into(),
    }
}

/// The turn that the call waited for was cancelled.
#[must_use]
pub fn turn_cancelled(posted: Posted) -> Error {
    posted.error(Class::Aborted, ErrorReason::TurnCancelled, "the turn was cancelled").into()
}

/// The message is stored, but the service cannot wait for the end of the turn, which goes on.
#[must_use]
pub fn answer_unavailable(posted: Posted, reason: ErrorReason) -> Error {
    let message = "the message is stored, but its answer is not available now; follow the turn";
    posted.error(Class::Aborted, reason, message).into()
}

/// The database failed while a message without a request id was stored: it may be stored or not.
#[must_use]
pub fn post_outcome_unknown() -> Error {
    let message = "the database is unavailable; the message may have been stored";
    ServiceError::new(Class::Aborted, ErrorReason::DatabaseUnavailable, message).into()
}

/// The ids of a message's turn, which its errors name.
#[derive(Debug, Clone, Copy)]
pub struct Posted {
    pub turn_id: Uuid,
    pub conversation_id: Uuid,
}

impl Posted {
    fn error(self, class: Class, reason: ErrorReason, message: &str) -> ServiceError {
        ServiceError::new(class, reason, message)
            .with_metadata("turn_id", self.turn_id)
            .with_metadata("conversation_id", self.conversation_id)
    }
}

/// Every reason by name: a new one does not compile until it has a class. Those that no turn fails with
/// are listed as internal.
fn failure_class(reason: ErrorReason) -> Class {
    match reason {
        ErrorReason::AgentLimitReached => Class::LimitReached,
        ErrorReason::ModelUnavailable
        | ErrorReason::TurnInterrupted
        | ErrorReason::DatabaseUnavailable => Class::Aborted,
        ErrorReason::Unspecified
        | ErrorReason::FieldsInvalid
        | ErrorReason::TokenMissing
        | ErrorReason::TokenInvalid
        | ErrorReason::TokenExpired
        | ErrorReason::AccessDenied
        | ErrorReason::ScopeMissing
        | ErrorReason::EtagMismatch
        | ErrorReason::RequestIdReused
        | ErrorReason::TurnInProgress
        | ErrorReason::TurnCancelled
        | ErrorReason::ResumeTokenExpired
        | ErrorReason::LimitExceeded
        | ErrorReason::DependencyUnavailable
        | ErrorReason::Overloaded
        | ErrorReason::ShuttingDown
        | ErrorReason::DeadlineExceeded
        | ErrorReason::NotImplemented
        | ErrorReason::Internal
        | ErrorReason::StateConflict
        | ErrorReason::ReaderTooSlow
        | ErrorReason::RequestTooLarge
        | ErrorReason::RequestUnreadable => Class::Internal,
    }
}
