//! Failures of a tool call, with messages that a model can act on.

use serde_json::{Value, json};
use tandem_proto::task::Task;
use tonic::{Code, Status};
use tonic_types::{FieldViolation, StatusExt as _};

use crate::task_view;

const UNAVAILABLE: &str = "the task service is unavailable";
const OUTCOME_UNKNOWN: &str = "the task service did not respond; the outcome is unknown";

/// Why a tool call failed.
#[derive(Debug)]
pub(crate) enum Failure {
    UnknownTool(String),
    /// All violations of the tool's schema.
    InvalidArguments(Vec<String>),
    /// No task matches the reference; with suggestions.
    NoSuchTask(Vec<Task>),
    /// The call was not sent: the task service cannot be reached, or the circuit breaker is open.
    Unavailable,
    /// The call was sent and not answered.
    OutcomeUnknown,
    /// The task service returned an error.
    Service(Box<Status>),
}

impl From<Status> for Failure {
    fn from(status: Status) -> Self {
        Self::Service(Box::new(status))
    }
}

impl Failure {
    /// Whether a retry with the same request id may succeed.
    pub(crate) fn is_retryable(&self) -> bool {
        match self {
            Self::Unavailable | Self::OutcomeUnknown => true,
            Self::Service(status) => status.code() == Code::Unavailable,
            Self::UnknownTool(_) | Self::InvalidArguments(_) | Self::NoSuchTask(_) => false,
        }
    }

    /// Whether the call may have had its effect or not.
    pub(crate) fn outcome_unknown(&self) -> bool {
        matches!(self, Self::OutcomeUnknown)
    }

    /// Whether this failure leaves open what an earlier attempt did.
    pub(crate) fn is_inconclusive(&self) -> bool {
        match self {
            Self::Service(status) => matches!(
                status.code(),
                Code::ResourceExhausted | Code::Internal | Code::Unknown | Code::DataLoss
            ),
            Self::Unavailable
            | Self::OutcomeUnknown
            | Self::UnknownTool(_)
            | Self::InvalidArguments(_)
            | Self::NoSuchTask(_) => false,
        }
    }

    /// The result that the model sees.
    pub(crate) fn to_result(&self) -> Value {
        let (code, message) = match self {
            Self::UnknownTool(name) => ("UNIMPLEMENTED", format!("there is no tool {name:?}")),
            Self::InvalidArguments(violations) => ("INVALID_ARGUMENT", violations.join("; ")),
            Self::NoSuchTask(_) => (
                "PERMISSION_DENIED",
                "access to the task denied (or it might not exist)".to_owned(),
            ),
            Self::Unavailable => ("UNAVAILABLE", UNAVAILABLE.to_owned()),
            Self::OutcomeUnknown => ("UNKNOWN", OUTCOME_UNKNOWN.to_owned()),
            Self::Service(status) => (code_name(status.code()), service_message(status)),
        };
        let suggestions = match self {
            Self::NoSuchTask(tasks) => tasks.iter().map(task_view::suggested_task).collect(),
            _ => Vec::new(),
        };
        json!({"status": "error", "code": code, "message": message, "suggestions": suggestions})
    }
}

/// The status's message, unless it describes an internal fault.
fn service_message(status: &Status) -> String {
    match status.code() {
        Code::InvalidArgument => join_violations(status),
        Code::FailedPrecondition | Code::PermissionDenied | Code::Aborted | Code::AlreadyExists => {
            status.message().to_owned()
        }
        Code::ResourceExhausted => "too many requests, try again later".to_owned(),
        Code::Unavailable | Code::DeadlineExceeded => UNAVAILABLE.to_owned(),
        Code::Ok
        | Code::Cancelled
        | Code::Unknown
        | Code::NotFound
        | Code::OutOfRange
        | Code::Unimplemented
        | Code::Internal
        | Code::DataLoss
        | Code::Unauthenticated => "the tool failed".to_owned(),
    }
}

fn join_violations(status: &Status) -> String {
    let Some(request) = status.get_details_bad_request() else {
        return status.message().to_owned();
    };
    request.field_violations.iter().map(violation_text).collect::<Vec<_>>().join("; ")
}

/// The violation, with the field as the tool's arguments name it.
fn violation_text(violation: &FieldViolation) -> String {
    let field = violation.field.trim_start_matches("task.").trim_start_matches("filter.");
    format!("{field} {}", violation.description)
}

/// The code as gRPC spells it; those of internal faults are all INTERNAL.
fn code_name(code: Code) -> &'static str {
    match code {
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::NotFound => "NOT_FOUND",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::Unavailable | Code::DeadlineExceeded => "UNAVAILABLE",
        Code::Unauthenticated => "UNAUTHENTICATED",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Cancelled => "CANCELLED",
        Code::Ok | Code::Unknown | Code::Internal | Code::DataLoss => "INTERNAL",
    }
}

#[cfg(test)]
mod tests;
