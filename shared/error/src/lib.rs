//! The errors that every service shares, free of transport, and their one conversion into a
//! `tonic::Status` ([`status`]).
//!
//! Domain and store code returns [`Error`]; handlers propagate it with `?`. A variant contains only what a
//! caller may know. Causes are logged in [`status`]; the caller gets the request's id instead. An error
//! that only one service has is a [`ServiceError`], constructed in that service's crate.

mod describe;
pub mod request;
mod service_error;
mod status;
mod validate;

use std::time::Duration;

pub use service_error::{Class, ServiceError};
pub use status::reason;
pub use tandem_proto::rules::is_uuid;
pub use tandem_proto::{Check, Violation};
pub use validate::{combine_violations, validate, validate_mut};

/// The cause of an error: logged, and never sent to a caller.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Invalid fields: all of them.
    #[error("{} invalid fields", .0.len())]
    Invalid(Vec<Violation>),
    /// The call has no accepted token.
    #[error("not authenticated: {0:?}")]
    Unauthenticated(Unauthenticated),
    /// The resource belongs to another user or does not exist. Callers cannot tell which (AIP-211).
    #[error("access denied (or it might not exist)")]
    Denied,
    /// The token lacks a scope.
    #[error("the token lacks the scope {0}")]
    ScopeMissing(&'static str),
    /// The resource has another version than the caller's etag.
    #[error("etag mismatch")]
    EtagMismatch {
        /// The resource's current etag.
        current: String,
    },
    /// The request id was used for another request.
    #[error("request id reused")]
    RequestIdReused,
    /// The resource's state does not allow the operation; the text names the reason.
    #[error("{0}")]
    StateConflict(&'static str),
    /// An error that only one service has.
    #[error("{}", .0.message)]
    Service(Box<ServiceError>),
    /// The database cannot be reached or did not respond in time.
    #[error("database unavailable: {0}")]
    DatabaseUnavailable(#[source] Cause),
    /// The service is shutting down.
    #[error("shutting down")]
    ShuttingDown,
    /// The service is over its concurrency limit.
    #[error("overloaded")]
    Overloaded,
    /// The deadline of the call has passed.
    #[error("deadline exceeded")]
    DeadlineExceeded,
    /// The request exceeds the size limit.
    #[error("the request is too large")]
    TooLarge,
    /// The request cannot be decoded as the method's message type.
    #[error("the request cannot be read")]
    Unreadable,
    /// The method is not implemented.
    #[error("not implemented")]
    NotImplemented,
    /// The resume token is older than the stored changes.
    #[error("resume token expired")]
    ResumeTokenExpired,
    /// The reader of a stream is too slow.
    #[error("reader too slow")]
    ReaderTooSlow,
    /// A stream ended with an error and can be resumed.
    #[error("{error}")]
    Resumable {
        /// Why it ended.
        error: Box<Error>,
        /// The position at which to resume it.
        resume_token: String,
    },
    /// A bug or an unexpected failure.
    #[error("internal: {0}")]
    Internal(#[source] Cause),
}

/// Why a call is not authenticated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unauthenticated {
    /// No bearer token.
    Missing,
    /// The token is valid but expired.
    Expired,
    /// The token is not accepted. The kind is for the audit log only.
    Invalid(&'static str),
}

impl Error {
    /// An internal error with its cause.
    pub fn internal(cause: impl Into<Cause>) -> Self {
        Self::Internal(cause.into())
    }

    /// One invalid field. The description continues the field's name: "is required".
    pub fn invalid(field: impl Into<String>, description: impl Into<String>) -> Self {
        Self::Invalid(vec![Violation::new(field, description)])
    }

    /// The delay before a retry, if a retry may succeed.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::DatabaseUnavailable(_) | Self::ShuttingDown | Self::Overloaded => {
                Some(Duration::from_secs(1))
            }
            Self::Resumable { error, .. } => error.retry_after(),
            _ => None,
        }
    }
}
