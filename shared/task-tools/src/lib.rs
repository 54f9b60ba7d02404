//! What a model may do with tasks: six tools over the task service.
//!
//! One definition, two doors: the chat service's agent and the gateway's MCP server. No tool has a
//! field for a user: whose tasks they are is in the bearer token of the call, which the model never
//! sees.

mod arguments;
mod breaker;
mod failure;
mod line;
mod retry;
mod settings;
mod tasks;
mod toolbox;
mod view;

use serde_json::Value;

pub use settings::Settings;
pub use toolbox::{Call, Toolbox};

/// A tool as a model is told about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Spec {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub description: &'static str,
    /// The JSON schema of its arguments: an object.
    pub parameters: Value,
}

/// How a tool call went.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Whether the tool did what was asked.
    pub succeeded: bool,
    /// What the model gets to see: an object with a `status`, which is `error` where it failed.
    pub result: Value,
}

impl Outcome {
    /// Whether the same call, with the same request id, may succeed when it is made again.
    pub(crate) fn may_pass(&self) -> bool {
        self.is_lost() || (!self.succeeded && self.result["code"] == "UNAVAILABLE")
    }

    /// Whether nobody knows what the call did.
    pub(crate) fn is_lost(&self) -> bool {
        !self.succeeded && self.result["code"] == "UNKNOWN"
    }

    /// Whether the outcome says nothing of what an earlier call did.
    pub(crate) fn is_vague(&self) -> bool {
        let vague = ["RESOURCE_EXHAUSTED", "INTERNAL"];
        !self.succeeded && vague.iter().any(|code| self.result["code"] == *code)
    }

    /// The outcome of a call that may have been made, or not.
    pub(crate) fn unknown() -> Self {
        Self { succeeded: false, result: failure::Failure::Lost.result() }
    }

    /// The outcome of a call that could not be made.
    #[must_use]
    pub fn unavailable() -> Self {
        Self { succeeded: false, result: failure::Failure::Away.result() }
    }
}
