//! Settings of the calls to the task service.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tandem_config::{HumanDuration, Rules, ValidateConfig};

/// The calls to the task service.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The deadline of one attempt of a tool call, at most the time that its turn has left. Longer than 0s.
    pub deadline: HumanDuration,
    /// How long a call is retried after an attempt that the service refused as unavailable or did not
    /// answer; no retry begins later.
    pub retry_timeout: HumanDuration,
    /// Consecutive calls without a response after which the circuit breaker opens and tools fail at
    /// once. At least 1.
    pub breaker_failures: u32,
    /// Time after which an open circuit breaker lets one call through. Longer than 0s.
    pub breaker_reset_timeout: HumanDuration,
    /// Retries per hundred calls, in a window of 10 seconds, at most 100. Ten retries in each window are
    /// always allowed.
    pub retry_budget_percent: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            deadline: HumanDuration::from_secs(10),
            retry_timeout: HumanDuration::from_secs(5),
            breaker_failures: 5,
            breaker_reset_timeout: HumanDuration::from_secs(5),
            retry_budget_percent: 20,
        }
    }
}

impl ValidateConfig for Settings {
    fn validate(&self) -> Vec<String> {
        let Self {
            deadline,
            retry_timeout: _,
            breaker_failures,
            breaker_reset_timeout,
            retry_budget_percent,
        } = self;
        Rules::new()
            .positive("deadline", *deadline)
            .positive("breaker_failures", *breaker_failures)
            .positive("breaker_reset_timeout", *breaker_reset_timeout)
            .require("retry_budget_percent", *retry_budget_percent <= 100, "must be at most 100")
            .violations()
    }
}

impl Settings {
    /// The retry budget as a share of the calls.
    pub(crate) fn retry_share(&self) -> f32 {
        // At most 100: exact.
        f32::from(u8::try_from(self.retry_budget_percent).unwrap_or(100)) / 100.0
    }
}
