//! The status code, reason and message of each error.

use tandem_proto::errors::ErrorReason as Reason;
use tonic::Code;

use crate::{Class, Error, Unauthenticated, Violation};

const ACCESS_DENIED: &str = "access denied (or it might not exist)";
const SCOPE_MISSING: &str = "the token lacks the scope for this method";
const REQUEST_ID_REUSED: &str = "the request id was used for a different request";
const REQUEST_TOO_LARGE: &str = "the request exceeds the size limit";
const REQUEST_UNREADABLE: &str = "the request cannot be decoded as the method's message type";
const RESUME_TOKEN_EXPIRED: &str = "the resume token is older than the stored changes";
const READER_TOO_SLOW: &str = "the stream is read too slowly; resume it";
const ETAG_MISMATCH: &str = "the resource has changed since it was read";

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
        Error::Denied => (Code::PermissionDenied, Reason::AccessDenied, ACCESS_DENIED),
        Error::ScopeMissing(_) => (Code::PermissionDenied, Reason::ScopeMissing, SCOPE_MISSING),
        Error::EtagMismatch { .. } => (Code::Aborted, Reason::EtagMismatch, ETAG_MISMATCH),
        Error::RequestIdReused => (Code::AlreadyExists, Reason::RequestIdReused, REQUEST_ID_REUSED),
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
        Error::TooLarge => (Code::ResourceExhausted, Reason::RequestTooLarge, REQUEST_TOO_LARGE),
        Error::Unreadable => (Code::InvalidArgument, Reason::RequestUnreadable, REQUEST_UNREADABLE),
        Error::NotImplemented => {
            (Code::Unimplemented, Reason::NotImplemented, "the method is not implemented")
        }
        Error::ResumeTokenExpired => {
            (Code::OutOfRange, Reason::ResumeTokenExpired, RESUME_TOKEN_EXPIRED)
        }
        Error::ReaderTooSlow => (Code::ResourceExhausted, Reason::ReaderTooSlow, READER_TOO_SLOW),
        Error::Internal(_) => (Code::Internal, Reason::Internal, "internal error"),
    };
    (code, reason, message.to_owned())
}

fn class_code(class: Class) -> Code {
    match class {
        Class::Conflict | Class::Aborted => Code::Aborted,
        Class::LimitReached => Code::ResourceExhausted,
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
