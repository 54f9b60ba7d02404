//! The one place where an [`Error`] becomes a `tonic::Status` with google.rpc details.

use std::collections::HashMap;
use std::sync::Arc;

use tandem_proto::errors::ErrorReason as Reason;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};
use uuid::Uuid;

use crate::{Error, Failure, Unauthenticated, Violation, request};

/// The `domain` of every `ErrorInfo`.
const DOMAIN: &str = "tandem";

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        let error = error.in_bounds();
        let (code, reason, message) = describe(&error);
        let mut metadata = metadata(&error);
        let message = match error.inner() {
            Error::Internal(cause) => internal(cause.as_ref(), &mut metadata),
            _ => message,
        };
        let mut details = ErrorDetails::new();
        details.set_error_info(name(reason), DOMAIN, metadata);
        if let Some(delay) = error.retry_after() {
            details.set_retry_info(Some(delay));
        }
        if let Error::StateConflict(description) = &error {
            details.add_precondition_failure_violation("STATE", "", *description);
        }
        if let Error::Invalid(violations) = &error {
            for Violation { field, description } in violations {
                details.add_bad_request_violation(field, description);
            }
        }
        log(error.inner());
        Self::with_error_details(code, message, details)
    }
}

/// What an operator, or the security log, has to know of a refusal.
fn log(error: &Error) {
    match error {
        Error::DatabaseUnavailable(cause) => {
            tracing::warn!(error = cause.as_ref(), "database unavailable");
        }
        // Method and user are in the span of the call.
        Error::Denied => tracing::warn!(
            target: "audit",
            outcome = "denied",
            kind = "resource",
            request.id = request::current().as_deref(),
            "access denied"
        ),
        _ => {}
    }
}

impl Error {
    /// The error itself, where it only ended a stream that can be resumed.
    fn inner(&self) -> &Self {
        match self {
            Self::Resumable { error, .. } => error.inner(),
            error => error,
        }
    }

    /// With no more violations than an answer has room for: clients limit the headers that errors
    /// travel in, to 16 KiB as a rule.
    fn in_bounds(self) -> Self {
        let Self::Invalid(violations) = self else { return self };
        let (count, mut left) = (violations.len(), VIOLATIONS);
        let mut kept = Vec::new();
        for Violation { field, description } in violations {
            let violation = Violation::new(shortened(field), shortened(description));
            let bytes = violation.field.len() + violation.description.len();
            let Some(rest) = left.checked_sub(bytes) else { break };
            left = rest;
            kept.push(violation);
        }
        if kept.len() < count {
            kept.push(Violation::new("", format!("and {} more", count - kept.len())));
        }
        Self::Invalid(kept)
    }
}

/// How much text violations may have, in bytes. It travels twice, and encoded.
const VIOLATIONS: usize = 2500;

/// The longest field or description, in bytes: a field may hold what a caller wrote.
const LONGEST: usize = 200;

fn shortened(mut text: String) -> String {
    if text.len() > LONGEST {
        text.truncate(text.floor_char_boundary(LONGEST));
        text.push('…');
    }
    text
}

/// Logs the cause of an internal fault once, and answers only the id that finds it.
fn internal(
    cause: &(dyn std::error::Error + 'static),
    metadata: &mut HashMap<String, String>,
) -> String {
    let id = request::current().unwrap_or_else(|| Arc::from(Uuid::now_v7().to_string()));
    tracing::error!(request.id = %id, error = cause, "internal error");
    metadata.insert("request_id".to_owned(), id.to_string());
    format!("internal error; quote request id {id}")
}

fn describe(error: &Error) -> (Code, Reason, String) {
    let (code, reason) = match error {
        Error::Invalid(violations) => {
            return (Code::InvalidArgument, Reason::FieldsInvalid, summary(violations));
        }
        Error::TurnFailed(failure) => {
            return (turn_code(failure), failure.reason, failure.message.clone());
        }
        Error::Unauthenticated(kind) => (Code::Unauthenticated, unauthenticated(*kind)),
        Error::Denied => (Code::PermissionDenied, Reason::AccessDenied),
        Error::ScopeMissing(_) => (Code::PermissionDenied, Reason::ScopeMissing),
        Error::EtagMismatch { .. } => (Code::Aborted, Reason::EtagMismatch),
        Error::RequestIdReused => (Code::AlreadyExists, Reason::RequestIdReused),
        Error::StateConflict(description) => {
            let description = (*description).to_owned();
            return (Code::FailedPrecondition, Reason::StateConflict, description);
        }
        Error::TurnInProgress { .. } => (Code::Aborted, Reason::TurnInProgress),
        Error::DatabaseUnavailable(_) => (Code::Unavailable, Reason::DatabaseUnavailable),
        Error::ShuttingDown => (Code::Unavailable, Reason::ShuttingDown),
        Error::Overloaded => (Code::Unavailable, Reason::Overloaded),
        Error::DeadlineExceeded => (Code::DeadlineExceeded, Reason::DeadlineExceeded),
        Error::TooLarge => (Code::ResourceExhausted, Reason::RequestTooLarge),
        Error::Unreadable => (Code::InvalidArgument, Reason::RequestUnreadable),
        Error::NotImplemented => (Code::Unimplemented, Reason::NotImplemented),
        Error::ResumeTokenExpired => (Code::OutOfRange, Reason::ResumeTokenExpired),
        Error::ReaderTooSlow => (Code::ResourceExhausted, Reason::ReaderTooSlow),
        Error::Resumable { error, .. } => return describe(error),
        Error::Internal(_) => (Code::Internal, Reason::Internal),
    };
    (code, reason, text(reason).to_owned())
}

fn unauthenticated(kind: Unauthenticated) -> Reason {
    match kind {
        Unauthenticated::Missing => Reason::TokenMissing,
        Unauthenticated::Expired => Reason::TokenExpired,
        Unauthenticated::Invalid(_) => Reason::TokenInvalid,
    }
}

/// A turn that was waited for answers with the code of its end.
fn turn_code(failure: &Failure) -> Code {
    match failure.reason {
        Reason::TurnCancelled => Code::Cancelled,
        Reason::AgentLimitReached => Code::ResourceExhausted,
        Reason::ModelUnavailable | Reason::TurnInterrupted | Reason::DatabaseUnavailable => {
            Code::Unavailable
        }
        _ => Code::Internal,
    }
}

/// What callers read, where the reason alone says it.
fn text(reason: Reason) -> &'static str {
    match reason {
        Reason::TokenMissing => "a bearer token is required",
        Reason::TokenExpired => "the token has expired",
        Reason::TokenInvalid => "the token is not accepted",
        Reason::AccessDenied => "access denied (or it might not exist)",
        Reason::ScopeMissing => "the token lacks the scope for this method",
        Reason::EtagMismatch => "the resource has changed since it was read",
        Reason::RequestIdReused => "the request id was used for a different request",
        Reason::TurnInProgress => "the conversation has a running turn",
        Reason::DatabaseUnavailable => "the database is unavailable",
        Reason::ShuttingDown => "the service is stopping",
        Reason::Overloaded => "the service has too many calls at once",
        Reason::DeadlineExceeded => "the call took too long",
        Reason::RequestTooLarge => "the request is larger than the service takes",
        Reason::RequestUnreadable => "the request is not a message of the method's type",
        Reason::NotImplemented => "the method is not served",
        Reason::ResumeTokenExpired => "the resume token is older than the changes that are kept",
        Reason::ReaderTooSlow => "the stream is read too slowly; resume it",
        _ => "internal error",
    }
}

/// All violations in a line, for those who see only the message.
fn summary(violations: &[Violation]) -> String {
    let one = |Violation { field, description }: &Violation| format!("{field} {description}");
    violations.iter().map(one).collect::<Vec<_>>().join("; ")
}

fn metadata(error: &Error) -> HashMap<String, String> {
    let (key, value) = match error {
        Error::TurnFailed(failure) if failure.reason == Reason::Internal => {
            let id = request::current().unwrap_or_default();
            ("request_id", id.to_string())
        }
        Error::EtagMismatch { current } => ("etag", current.clone()),
        Error::TurnInProgress { turn_id } => ("turn_id", turn_id.clone()),
        Error::ScopeMissing(scope) => ("scope", (*scope).to_owned()),
        Error::Resumable { resume_token, .. } => ("resume_token", resume_token.clone()),
        _ => return HashMap::new(),
    };
    HashMap::from([(key.to_owned(), value)])
}

/// A reason as `ErrorInfo` carries it: the enum value without its prefix.
fn name(reason: Reason) -> &'static str {
    reason.as_str_name().trim_start_matches("ERROR_REASON_")
}

/// The reason of a status that a Tandem service answered.
#[must_use]
pub fn reason(status: &Status) -> Option<Reason> {
    let info = status.get_details_error_info()?;
    Reason::from_str_name(&format!("ERROR_REASON_{}", info.reason))
}
