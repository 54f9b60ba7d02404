//! What can go wrong in any service, free of transport, and [`status`], the one place where it becomes
//! a `tonic::Status`.
//!
//! Domain and store code returns [`Error`]; handlers pass it on with `?`. What a caller may know is in
//! the variant; causes are logged in [`status`] and answered with nothing but the request's id.

pub mod request;
mod status;

use std::time::Duration;

pub use status::reason;
pub use tandem_proto::rules::is_uuid;
pub use tandem_proto::{Check, Violation};

/// The cause of a fault that no caller gets to see.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why a call was refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Fields that break a rule, all of them.
    #[error("{} invalid fields", .0.len())]
    Invalid(Vec<Violation>),
    /// The caller did not prove who they are.
    #[error("not authenticated: {0:?}")]
    Unauthenticated(Unauthenticated),
    /// The resource is somebody else's, or does not exist: the same answer for both (AIP-211).
    #[error("access denied (or it might not exist)")]
    Denied,
    /// The token lacks a scope.
    #[error("the token lacks the scope {0}")]
    ScopeMissing(&'static str),
    /// The resource is not at the version that the caller meant.
    #[error("etag mismatch")]
    EtagMismatch {
        /// The resource's etag now.
        current: String,
    },
    /// The request id belongs to another request.
    #[error("request id reused")]
    RequestIdReused,
    /// The resource is in a state in which this cannot be done.
    #[error("{0}")]
    StateConflict(&'static str),
    /// The conversation has a running turn.
    #[error("a turn is in progress")]
    TurnInProgress {
        /// That turn.
        turn_id: String,
    },
    /// The turn that was waited for did not end with an answer.
    #[error("turn failed: {}", .0.message)]
    TurnFailed(Failure),
    /// The database cannot be reached or did not answer in time.
    #[error("database unavailable: {0}")]
    DatabaseUnavailable(#[source] Cause),
    /// The service is stopping.
    #[error("shutting down")]
    ShuttingDown,
    /// There are more calls than the service takes at once.
    #[error("overloaded")]
    Overloaded,
    /// The call took too long.
    #[error("deadline exceeded")]
    DeadlineExceeded,
    /// The request is larger than the service takes.
    #[error("the request is too large")]
    TooLarge,
    /// The request is not a message of the method's type.
    #[error("the request cannot be read")]
    Unreadable,
    /// The method is not served yet.
    #[error("not implemented")]
    NotImplemented,
    /// The resume token is older than the changes that are kept.
    #[error("resume token expired")]
    ResumeTokenExpired,
    /// The reader of a stream is too far behind.
    #[error("reader too slow")]
    ReaderTooSlow,
    /// A stream ended before its caller left; it can be resumed.
    #[error("{error}")]
    Resumable {
        /// Why it ended.
        error: Box<Error>,
        /// Where to resume it.
        resume_token: String,
    },
    /// A fault of the service.
    #[error("internal: {0}")]
    Internal(#[source] Cause),
}

/// Why a caller is not authenticated. Callers learn missing, expired or invalid; the log the kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unauthenticated {
    /// There is no bearer token.
    Missing,
    /// The token was good and has expired.
    Expired,
    /// The token is not accepted; the word says why, for the audit log only.
    Invalid(&'static str),
}

/// Why a turn ended without an answer, as it is stored with the turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The reason.
    pub reason: tandem_proto::errors::ErrorReason,
    /// The same for people.
    pub message: String,
}

impl Error {
    /// A fault of the service, from whatever caused it.
    pub fn internal(cause: impl Into<Cause>) -> Self {
        Self::Internal(cause.into())
    }

    /// A single field that breaks a rule.
    pub fn invalid(field: impl Into<String>, description: impl Into<String>) -> Self {
        Self::Invalid(vec![Violation::new(field, description)])
    }

    /// When trying again may help, how long to wait first.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::DatabaseUnavailable(_) | Self::ShuttingDown | Self::Overloaded => {
                Some(Duration::from_secs(1))
            }
            Self::TurnFailed(failure) => failure.retry_after(),
            Self::Resumable { error, .. } => error.retry_after(),
            _ => None,
        }
    }
}

impl Failure {
    fn retry_after(&self) -> Option<Duration> {
        use tandem_proto::errors::ErrorReason as Reason;
        let may_pass = matches!(
            self.reason,
            Reason::ModelUnavailable | Reason::TurnInterrupted | Reason::DatabaseUnavailable
        );
        may_pass.then_some(Duration::from_secs(1))
    }
}

/// Cleans a request and refuses it with every rule that it breaks.
pub fn checked<M: Check>(mut message: M) -> Result<M, Error> {
    check(&mut message).map(|()| message)
}

/// The same, for requests that more than their rules speak about: [`both`] adds what does.
pub fn check(message: &mut impl Check) -> Result<(), Error> {
    let mut faults = Vec::new();
    message.check("", &mut faults);
    if faults.is_empty() { Ok(()) } else { Err(Error::Invalid(faults)) }
}

/// Two checks of one request as one, so that one answer names every field that is wrong.
///
/// # Errors
/// The violations of both, or else the first other error.
pub fn both<A, B>(first: Result<A, Error>, second: Result<B, Error>) -> Result<(A, B), Error> {
    match (first, second) {
        (Ok(first), Ok(second)) => Ok((first, second)),
        (Err(Error::Invalid(first)), Err(Error::Invalid(second))) => {
            Err(Error::Invalid([first, second].concat()))
        }
        (Err(Error::Invalid(_)), Err(other)) | (Err(other), _) | (Ok(_), Err(other)) => Err(other),
    }
}
