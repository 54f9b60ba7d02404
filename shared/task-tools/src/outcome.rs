//! The outcome of a tool call.

use serde_json::Value;

use crate::failure::Failure;

/// The outcome of a tool call. A failure is an outcome too: the model sees it and can act on it.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Whether the tool did what was requested.
    pub succeeded: bool,
    /// The result for the model: an object with a `status`, which is `error` after a failure.
    pub result: Value,
}

impl Outcome {
    /// The outcome of a call that could not be sent.
    #[must_use]
    pub fn unavailable() -> Self {
        Failure::Unavailable.into()
    }
}

impl From<Failure> for Outcome {
    fn from(failure: Failure) -> Self {
        Self { succeeded: false, result: failure.to_result() }
    }
}
