//! The status code, reason and message of each error.

use tandem_proto::errors::ErrorReason as Reason;
use tonic::Code;

use crate::{Class, Error, Unauthenticated, Violation};

/// Code, reason and message of an error. The message is for the caller.
pub(crate) fn describe_error(error: &Error) -> (Code, Reason, String) {
    let (code, reason, message) = match error {
        Error::Invalid(violations) => {
            return (Code::InvalidArgument, Reason::FieldsInvalid, join_violations(violations));
        }
        Error::Service(error) => {
            return (class_code(error.class), error.reason, error.message.clone());
        }
        Error::Resumable { error, .. } => return describe_error(error),
        Error::StateConflict(description) => {
            (Code::FailedPrecondition, Reason::StateConflict, *description)
        }
        Error::Unauthenticated(kind) => {
            let (reason, message) = describe_token(*kind);
            (Code::Unauthenticated, reason, message)
        }
        Error::Denied => {
            (Code::PermissionDenied, Reason::AccessDenied, "access denied (or it might not exist)")
        }
        Error::ScopeMissing(_) => (
            Code::PermissionDenied,
            Reason::ScopeMissing,
            "the token lacks the scope for this method",
        ),
        Error::EtagMismatch { .. } => {
            (Code::Aborted, Reason::EtagMismatch, "the resource has changed since it was read")
        }
        Error::RequestIdReused => (
            Code::AlreadyExists,
            Reason::RequestIdReused,
            "the request id was used for a different request",
        ),
        Error::DatabaseUnavailable(_) => {
            (Code::Unavailable, Reason::DatabaseUnavailable, "the database is unavailable")
        }
        Error::ShuttingDown => {
            (Code::Unavailable, Reason::ShuttingDown, "the service is shutting down")
        }
        Error::Overloaded => (Code::Unavailable, Reason::Overloaded, "too many concurrent calls"),
        Error::DeadlineExceeded => {
            (Code::DeadlineExceeded, Reason::DeadlineExceeded, "deadline exceeded")
        }
        Error::TooLarge => {
            (Code::ResourceExhausted, Reason::RequestTooLarge, "the request exceeds the size limit")
        }
        Error::Unreadable => (
            Code::InvalidArgument,
            Reason::RequestUnreadable,
            "the request cannot be decoded as the method's message type",
        ),
        Error::NotImplemented => {
            (Code::Unimplemented, Reason::NotImplemented, "the method is not implemented")
        }
        Error::ResumeTokenExpired => (
            Code::OutOfRange,
            Reason::ResumeTokenExpired,
            "the resume token is older than the stored changes",
        ),
        Error::ReaderTooSlow => (
            Code::ResourceExhausted,
            Reason::ReaderTooSlow,
            "the stream is read too slowly; resume it",
        ),
        Error::Internal(_) => (Code::Internal, Reason::Internal, "internal error"),
    };
    (code, reason, message.to_owned())
}

fn class_code(class: Class) -> Code {
    match class {
        Class::Conflict => Code::Aborted,
        Class::Cancelled => Code::Cancelled,
        Class::LimitReached => Code::ResourceExhausted,
        Class::Unavailable => Code::Unavailable,
        Class::Internal => Code::Internal,
    }
}

fn describe_token(kind: Unauthenticated) -> (Reason, &'static str) {
    match kind {
        Unauthenticated::Missing => (Reason::TokenMissing, "a bearer token is required"),
        Unauthenticated::Expired => (Reason::TokenExpired, "the token has expired"),
        Unauthenticated::Invalid(_) => (Reason::TokenInvalid, "the token is not accepted"),
    }
}

fn join_violations(violations: &[Violation]) -> String {
    let texts = violations.iter().map(|it| format!("{} {}", it.field, it.description));
    texts.collect::<Vec<_>>().join("; ")
}
