//! The status code, reason and message of each error.

use tandem_proto::errors::ErrorReason as Reason;
use tonic::Code;

use crate::{Class, Error, Unauthenticated, Violation};

/// Code, reason and message of an error. The message is for the caller.
pub(crate) fn describe_error(error: &Error) -> (Code, Reason, String) {
    let (code, reason) = match error {
        Error::Invalid(violations) => {
            return (Code::InvalidArgument, Reason::FieldsInvalid, join_violations(violations));
        }
        Error::StateConflict(description) => {
            let description = (*description).to_owned();
            return (Code::FailedPrecondition, Reason::StateConflict, description);
        }
        Error::Service(error) => {
            return (class_code(error.class), error.reason, error.message.clone());
        }
        Error::Resumable { error, .. } => return describe_error(error),
        Error::Unauthenticated(kind) => (Code::Unauthenticated, token_reason(*kind)),
        Error::Denied => (Code::PermissionDenied, Reason::AccessDenied),
        Error::ScopeMissing(_) => (Code::PermissionDenied, Reason::ScopeMissing),
        Error::EtagMismatch { .. } => (Code::Aborted, Reason::EtagMismatch),
        Error::RequestIdReused => (Code::AlreadyExists, Reason::RequestIdReused),
        Error::DatabaseUnavailable(_) => (Code::Unavailable, Reason::DatabaseUnavailable),
        Error::ShuttingDown => (Code::Unavailable, Reason::ShuttingDown),
        Error::Overloaded => (Code::Unavailable, Reason::Overloaded),
        Error::DeadlineExceeded => (Code::DeadlineExceeded, Reason::DeadlineExceeded),
        Error::TooLarge => (Code::ResourceExhausted, Reason::RequestTooLarge),
        Error::Unreadable => (Code::InvalidArgument, Reason::RequestUnreadable),
        Error::NotImplemented => (Code::Unimplemented, Reason::NotImplemented),
        Error::ResumeTokenExpired => (Code::OutOfRange, Reason::ResumeTokenExpired),
        Error::ReaderTooSlow => (Code::ResourceExhausted, Reason::ReaderTooSlow),
        Error::Internal(_) => (Code::Internal, Reason::Internal),
    };
    (code, reason, default_message(reason).to_owned())
}

fn class_code(class: Class) -> Code {
    match class {
        Class::Conflict | Class::Aborted => Code::Aborted,
        Class::LimitReached => Code::ResourceExhausted,
        Class::Internal => Code::Internal,
    }
}

fn token_reason(kind: Unauthenticated) -> Reason {
    match kind {
        Unauthenticated::Missing => Reason::TokenMissing,
        Unauthenticated::Expired => Reason::TokenExpired,
        Unauthenticated::Invalid(_) => Reason::TokenInvalid,
    }
}

/// The message of errors that only differ by their reason.
fn default_message(reason: Reason) -> &'static str {
    match reason {
        Reason::TokenMissing => "a bearer token is required",
        Reason::TokenExpired => "the token has expired",
        Reason::TokenInvalid => "the token is not accepted",
        Reason::AccessDenied => "access denied (or it might not exist)",
        Reason::ScopeMissing => "the token lacks the scope for this method",
        Reason::EtagMismatch => "the resource has changed since it was read",
        Reason::RequestIdReused => "the request id was used for a different request",
        Reason::DatabaseUnavailable => "the database is unavailable",
        Reason::ShuttingDown => "the service is shutting down",
        Reason::Overloaded => "too many concurrent calls",
        Reason::DeadlineExceeded => "deadline exceeded",
        Reason::RequestTooLarge => "the request exceeds the size limit",
        Reason::RequestUnreadable => "the request cannot be decoded as the method's message type",
        Reason::NotImplemented => "the method is not implemented",
        Reason::ResumeTokenExpired => "the resume token is older than the stored changes",
        Reason::ReaderTooSlow => "the stream is read too slowly; resume it",
        _ => "internal error",
    }
}

fn join_violations(violations: &[Violation]) -> String {
    let texts = violations.iter().map(|it| format!("{} {}", it.field, it.description));
    texts.collect::<Vec<_>>().join("; ")
}
