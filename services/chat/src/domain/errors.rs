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

/// The turn that the call waited for has failed.
#[must_use]
pub fn turn_failed(failure: &TurnFailure) -> Error {
    let reason = failure.error_reason();
    let error = ServiceError::new(failure_class(reason), reason, &failure.message);
    match failure.retry_delay {
        Some(delay) => {
            error.with_metadata("retry_delay", format!("{}s", delay.as_secs_f64())).into()
        }
        None => error.into(),
    }
}

/// The turn that the call waited for was cancelled.
#[must_use]
pub fn turn_cancelled() -> Error {
    let message = "the turn was cancelled";
    ServiceError::new(Class::Cancelled, ErrorReason::TurnCancelled, message).into()
}

/// Every reason by name: a new one does not compile until it has a class. Those that no turn fails with
/// are listed as internal.
fn failure_class(reason: ErrorReason) -> Class {
    match reason {
        ErrorReason::AgentLimitReached => Class::LimitReached,
        ErrorReason::ModelUnavailable
        | ErrorReason::TurnInterrupted
        | ErrorReason::DatabaseUnavailable => Class::Unavailable,
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
