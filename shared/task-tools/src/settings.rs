//! How calls to the task service are made.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How calls to the task service are made; of the chat service `TANDEM_CHAT__TASKS__CALLS__<KEY>`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Seconds that one call may take: 10. Never longer than what it is made for.
    pub deadline_seconds: u64,
    /// Seconds for which a call is made again where the service is away, or gave no answer: 5. None that
    /// begins later.
    pub patience_seconds: u64,
    /// Calls in a row without an answer after which tools fail at once: 5.
    pub breaker_failures: u32,
    /// Seconds after which one call then tries whether the service is back: 5.
    pub breaker_pause_seconds: u64,
    /// How many of a hundred calls, in a window of 10 seconds, may be made again: 20. Ten in each window
    /// may be in any case.
    pub retry_percent: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            deadline_seconds: 10,
            patience_seconds: 5,
            breaker_failures: 5,
            breaker_pause_seconds: 5,
            retry_percent: 20,
        }
    }
}

impl Settings {
    /// What is wrong with the settings, a line each.
    #[must_use]
    pub fn validate(&self) -> Vec<String> {
        let zero = [
            ("deadline_seconds", self.deadline_seconds == 0),
            ("breaker_failures", self.breaker_failures == 0),
            ("breaker_pause_seconds", self.breaker_pause_seconds == 0),
        ];
        let mut faults = zero
            .into_iter()
            .filter(|(_, is_zero)| *is_zero)
            .map(|(name, _)| format!("{name}: must be at least 1"))
            .collect::<Vec<_>>();
        if self.retry_percent > 100 {
            faults.push("retry_percent: must be at most 100".to_owned());
        }
        faults
    }

    pub(crate) fn deadline(&self) -> Duration {
        Duration::from_secs(self.deadline_seconds)
    }

    pub(crate) fn patience(&self) -> Duration {
        Duration::from_secs(self.patience_seconds)
    }

    pub(crate) fn breaker_pause(&self) -> Duration {
        Duration::from_secs(self.breaker_pause_seconds)
    }

    pub(crate) fn retry_share(&self) -> f32 {
        // At most 100: exact.
        f32::from(u8::try_from(self.retry_percent).unwrap_or(100)) / 100.0
    }
}
