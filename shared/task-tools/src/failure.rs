//! Why a tool did not do what was asked, in words that a model can act on.

use serde_json::{Value, json};
use tandem_proto::task::Task;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::view;

/// What a model hears of a task service that does not answer.
const AWAY: &str = "the task service is unavailable";

/// And where it may have done what it was asked.
const LOST: &str = "the task service gave no answer; it may have been done, or not";

/// Why a tool failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// There is no tool of this name.
    UnknownTool(String),
    /// The arguments do not fit the tool's schema; every fault.
    Arguments(Vec<String>),
    /// No task is meant by what was given; some that may be.
    NoSuchTask(Vec<Task>),
    /// The task service was not asked: it cannot be reached, or has been away.
    Away,
    /// The task service was asked and gave no answer: nobody knows what it did.
    Lost,
    /// The task service refused.
    Service(Box<Status>),
}

impl From<Status> for Failure {
    fn from(status: Status) -> Self {
        Self::Service(Box::new(status))
    }
}

impl Failure {
    /// What the model gets to see.
    pub(crate) fn result(&self) -> Value {
        let (code, message) = match self {
            Self::UnknownTool(name) => ("UNIMPLEMENTED", format!("there is no tool {name:?}")),
            Self::Arguments(faults) => ("INVALID_ARGUMENT", faults.join("; ")),
            Self::NoSuchTask(_) => (
                "PERMISSION_DENIED",
                "access to the task denied (or it might not exist)".to_owned(),
            ),
            Self::Away => ("UNAVAILABLE", AWAY.to_owned()),
            Self::Lost => ("UNKNOWN", LOST.to_owned()),
            Self::Service(status) => (name(status.code()), message(status)),
        };
        let suggestions = match self {
            Self::NoSuchTask(tasks) => tasks.iter().map(view::suggestion).collect(),
            _ => Vec::new(),
        };
        json!({"status": "error", "code": code, "message": message, "suggestions": suggestions})
    }
}

/// What the task service says to everybody is good for the model; what went wrong inside is not.
fn message(status: &Status) -> String {
    match status.code() {
        Code::InvalidArgument => violations(status),
        Code::FailedPrecondition | Code::PermissionDenied | Code::Aborted | Code::AlreadyExists => {
            status.message().to_owned()
        }
        Code::ResourceExhausted => "too many requests, try again later".to_owned(),
        Code::Internal | Code::Unknown | Code::DataLoss => "the tool failed".to_owned(),
        _ => AWAY.to_owned(),
    }
}

/// The fields by the names that the tools give them.
fn violations(status: &Status) -> String {
    let Some(request) = status.get_details_bad_request() else {
        return status.message().to_owned();
    };
    let fault = |it: tonic_types::FieldViolation| {
        let field = it.field.trim_start_matches("task.").trim_start_matches("filter.").to_owned();
        format!("{field} {}", it.description)
    };
    request.field_violations.into_iter().map(fault).collect::<Vec<_>>().join("; ")
}

/// A code as gRPC writes it.
fn name(code: Code) -> &'static str {
    match code {
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::Internal | Code::Unknown | Code::DataLoss => "INTERNAL",
        _ => "UNAVAILABLE",
    }
}
