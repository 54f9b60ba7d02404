//! The limits of a turn: `TANDEM_CHAT__AGENT__<KEY>`.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Every truncated tool result fits into this many characters.
const MIN_RESULT_CHARS: usize = 500;

/// The limits of a turn.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Model calls per turn: 8.
    pub model_calls: u32,
    /// Tool calls per turn: 16.
    pub tool_calls: u32,
    /// Working time per turn, in seconds: 120. Time without a worker does not count.
    pub turn_seconds: u64,
    /// Lease duration, in seconds: 12. After a crash another worker takes over within 15 s.
    pub lease_seconds: u64,
    /// Output tokens per model call: 4096.
    pub output_tokens: u32,
    /// Newest messages of the conversation in the prompt, including the one to answer: 20.
    pub history_messages: u32,
    /// Tokens of the messages in the prompt, at four characters each: 16000. The message to answer is
    /// always included in full.
    pub history_tokens: usize,
    /// Characters, as JSON, of a tool result in the prompts of its own turn: 16000. In longer results
    /// texts are truncated first, and then lists.
    pub tool_result_chars: usize,
    /// Characters of a tool result in the prompts of later turns: 4000.
    pub history_result_chars: usize,
    /// The IANA time zone of users whose messages name none: UTC.
    pub time_zone: String,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            model_calls: 8,
            tool_calls: 16,
            turn_seconds: 120,
            lease_seconds: 12,
            output_tokens: 4096,
            history_messages: 20,
            history_tokens: 16_000,
            tool_result_chars: 16_000,
            history_result_chars: 4_000,
            time_zone: "UTC".to_owned(),
        }
    }
}

impl Limits {
    /// The working time of a turn.
    #[must_use]
    pub fn turn_timeout(&self) -> Duration {
        Duration::from_secs(self.turn_seconds)
    }

    /// How long a lease is valid after its latest renewal.
    #[must_use]
    pub fn lease_duration(&self) -> Duration {
        Duration::from_secs(self.lease_seconds)
    }

    /// The invalid settings, one line each.
    #[must_use]
    pub fn validate(&self) -> Vec<String> {
        let minimums = [
            ("model_calls", self.model_calls.into(), 1),
            ("turn_seconds", self.turn_seconds, 1),
            ("lease_seconds", self.lease_seconds, 1),
            ("output_tokens", self.output_tokens.into(), 1),
            ("history_messages", self.history_messages.into(), 1),
            ("tool_result_chars", self.tool_result_chars as u64, MIN_RESULT_CHARS as u64),
            ("history_result_chars", self.history_result_chars as u64, MIN_RESULT_CHARS as u64),
        ];
        let mut faults = minimums
            .into_iter()
            .filter(|(_, value, minimum)| value < minimum)
            .map(|(name, _, minimum)| format!("{name}: must be at least {minimum}"))
            .collect::<Vec<_>>();
        if self.time_zone.parse::<chrono_tz::Tz>().is_err() {
            faults.push("time_zone: is not an IANA time zone such as Europe/Berlin".to_owned());
        }
        faults
    }
}
