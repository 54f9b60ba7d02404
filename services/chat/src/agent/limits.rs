//! How much a turn may take: `TANDEM_CHAT__AGENT__<KEY>`.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Any result can be told in so many characters.
const SHORTEST_RESULT: usize = 500;

/// How much a turn may take.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Calls to the model: 8.
    pub model_calls: u32,
    /// Calls to tools: 16.
    pub tool_calls: u32,
    /// Seconds that it is worked on: 120. While its process is gone, nobody does.
    pub turn_seconds: u64,
    /// Seconds after which a turn whose process is gone may be taken over: 12.
    pub lease_seconds: u64,
    /// Tokens of one answer of the model: 4096.
    pub output_tokens: u32,
    /// The newest messages of the conversation that the model sees, with the one to answer: 20.
    pub history_messages: u32,
    /// Tokens of the messages that the model sees, at four characters each: 16000. The message to
    /// answer is always seen whole.
    pub history_tokens: usize,
    /// Characters, as JSON, of one tool result that the model sees in the turn that made the call: 16000.
    /// Of a longer one texts are cut, and then lists.
    pub tool_result_chars: usize,
    /// The same in later turns: 4000.
    pub history_result_chars: usize,
    /// The IANA time zone of users who name none: UTC.
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
    /// How long a turn may take.
    #[must_use]
    pub fn turn(&self) -> Duration {
        Duration::from_secs(self.turn_seconds)
    }

    /// How long the right to work on a turn holds where it is not renewed.
    #[must_use]
    pub fn lease(&self) -> Duration {
        Duration::from_secs(self.lease_seconds)
    }

    /// What is wrong with the settings, a line each.
    #[must_use]
    pub fn validate(&self) -> Vec<String> {
        let zero = [
            ("model_calls", self.model_calls == 0),
            ("turn_seconds", self.turn_seconds == 0),
            ("lease_seconds", self.lease_seconds == 0),
            ("output_tokens", self.output_tokens == 0),
            ("history_messages", self.history_messages == 0),
        ];
        let short = [
            ("tool_result_chars", self.tool_result_chars),
            ("history_result_chars", self.history_result_chars),
        ];
        let mut faults = zero
            .into_iter()
            .filter(|(_, is_zero)| *is_zero)
            .map(|(name, _)| format!("{name}: must be at least 1"))
            .collect::<Vec<_>>();
        let short = short.into_iter().filter(|(_, chars)| *chars < SHORTEST_RESULT);
        faults.extend(short.map(|(name, _)| format!("{name}: must be at least {SHORTEST_RESULT}")));
        if self.time_zone.parse::<chrono_tz::Tz>().is_err() {
            faults.push("time_zone: is not an IANA time zone such as Europe/Berlin".to_owned());
        }
        faults
    }
}
