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

    /// The outcome of a call that may have had its effect or not.
    pub(crate) fn unknown() -> Self {
        Failure::OutcomeUnknown.into()
    }

    /// Whether a retry with the same request id may succeed.
    pub(crate) fn is_retryable(&self) -> bool {
        self.outcome_unknown() || self.has_code("UNAVAILABLE")
    }

    /// Whether the call may have had its effect or not.
    pub(crate) fn outcome_unknown(&self) -> bool {
        self.has_code("UNKNOWN")
    }

    /// Whether this failure leaves open what an earlier attempt did.
    pub(crate) fn is_inconclusive(&self) -> bool {
        self.has_code("RESOURCE_EXHAUSTED") || self.has_code("INTERNAL")
    }

    fn has_code(&self, code: &str) -> bool {
        !self.succeeded && self.result["code"] == code
    }
}

impl From<Failure> for Outcome {
    fn from(failure: Failure) -> Self {
        Self { succeeded: false, result: failure.to_result() }
    }
}
