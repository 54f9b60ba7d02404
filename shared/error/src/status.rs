//! The one conversion of an [`Error`] into a `tonic::Status` with google.rpc details.

use std::collections::HashMap;
use std::sync::Arc;

use tandem_proto::errors::ErrorReason as Reason;
use tonic::Status;
use tonic_types::{ErrorDetails, StatusExt as _};
use uuid::Uuid;

use crate::describe::describe_error;
use crate::{Cause, Class, Error, Violation, request};

/// The `domain` of every `ErrorInfo`.
const DOMAIN: &str = "tandem";

/// The most text of all violations, in bytes. The headers contain it twice, encoded.
const MAX_VIOLATIONS_BYTES: usize = 2500;

/// The most text of one field or description, in bytes: a field may contain a caller's text.
const MAX_VIOLATION_TEXT_BYTES: usize = 200;

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        let error = error.limit_violations();
        let (code, reason, message) = describe_error(&error);
        let mut metadata = error_metadata(&error);
        let message = match error.root() {
            Error::Internal(cause) => log_internal(cause, &mut metadata),
            _ => message,
        };
        let mut details = ErrorDetails::new();
        details.set_error_info(reason_name(reason), DOMAIN, metadata);
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
        log_error(error.root());
        Self::with_error_details(code, message, details)
    }
}

/// Logs errors that operators or the audit log need.
fn log_error(error: &Error) {
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

/// Logs the cause of an internal error. Returns a message with nothing but the id to find it by.
fn log_internal(cause: &Cause, metadata: &mut HashMap<String, String>) -> String {
    let id = request::current().unwrap_or_else(|| Arc::from(Uuid::now_v7().to_string()));
    tracing::error!(request.id = %id, error = cause.as_ref(), "internal error");
    metadata.insert("request_id".to_owned(), id.to_string());
    format!("internal error; quote request id {id}")
}

impl Error {
    /// The error that ended the stream, if this is [`Error::Resumable`]; otherwise the error itself.
    fn root(&self) -> &Self {
        match self {
            Self::Resumable { error, .. } => error.root(),
            error => error,
        }
    }

    /// Limits the violations to what fits into a response: errors travel in headers, which clients limit,
    /// usually to 16 KiB.
    fn limit_violations(self) -> Self {
        let Self::Invalid(violations) = self else { return self };
        let (count, mut left) = (violations.len(), MAX_VIOLATIONS_BYTES);
        let mut kept = Vec::new();
        for Violation { field, description } in violations {
            let violation = Violation::new(truncate_text(field), truncate_text(description));
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

fn truncate_text(mut text: String) -> String {
    if text.len() > MAX_VIOLATION_TEXT_BYTES {
        text.truncate(text.floor_char_boundary(MAX_VIOLATION_TEXT_BYTES));
        text.push('…');
    }
    text
}

fn error_metadata(error: &Error) -> HashMap<String, String> {
    let (key, value) = match error {
        Error::Service(error) => {
            let mut metadata = error.metadata.clone();
            if error.class == Class::Internal {
                metadata.push(("request_id", request::current().unwrap_or_default().to_string()));
            }
            return metadata.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        }
        Error::EtagMismatch { current } => ("etag", current.clone()),
        Error::ScopeMissing(scope) => ("scope", (*scope).to_owned()),
        Error::Resumable { resume_token, .. } => ("resume_token", resume_token.clone()),
        _ => return HashMap::new(),
    };
    HashMap::from([(key.to_owned(), value)])
}

/// The reason in an `ErrorInfo`: the enum value without its prefix.
fn reason_name(reason: Reason) -> &'static str {
    reason.as_str_name().trim_start_matches("ERROR_REASON_")
}

/// The reason of a status from a Tandem service; `None` for any other status.
#[must_use]
pub fn reason(status: &Status) -> Option<Reason> {
    let info = status.get_details_error_info()?;
    Reason::from_str_name(&format!("ERROR_REASON_{}", info.reason))
}
