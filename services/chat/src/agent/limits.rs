//! The limits of a turn.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tandem_config::{HumanDuration, Rules, ValidateConfig};

/// The most turns that can be set.
const MAX_RUNNING: usize = 1_000_000;

/// Every truncated tool result fits into this many characters.
pub(super) const MIN_RESULT_CHARS: usize = 500;

/// The limits of a turn.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Turns that one process runs at the same time; more are refused as OVERLOADED. From 1 to 1,000,000.
    pub running_turns: usize,
    /// Model calls per turn. At least 1.
    pub model_calls: u32,
    /// Tool calls per turn.
    pub tool_calls: u32,
    /// Working time per turn; time without a worker does not count. Longer than 0s.
    pub turn_timeout: HumanDuration,
    /// Validity of a lease without renewal. After a crash another worker takes over in little more than
    /// this time. Longer than 0s.
    pub lease_duration: HumanDuration,
    /// Output tokens per model call. At least 1.
    pub output_tokens: u32,
    /// Newest messages of the conversation in the prompt, including the one to answer. At least 1.
    pub history_messages: u32,
    /// Tokens of the messages in the prompt, at four characters each. The message to answer is always
    /// included in full.
    pub history_tokens: usize,
    /// Characters, as JSON, of a tool result in the prompts of its own turn. In longer results texts are
    /// truncated first, and then lists. At least 500.
    pub tool_result_chars: usize,
    /// Tokens of all tool results of the turn in its own prompts, at four characters each. Where there are
    /// more, the oldest results are shortened; the newest is not.
    pub turn_result_tokens: usize,
    /// Characters of a tool result in the prompts of later turns. At least 500.
    pub history_result_chars: usize,
    /// The IANA time zone of users whose messages name none.
    pub time_zone: String,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            running_turns: 256,
            model_calls: 8,
            tool_calls: 16,
            turn_timeout: HumanDuration::from_mins(2),
            lease_duration: HumanDuration::from_secs(12),
            output_tokens: 4096,
            history_messages: 20,
            history_tokens: 16_000,
            tool_result_chars: 16_000,
            turn_result_tokens: 16_000,
            history_result_chars: 4_000,
            time_zone: "UTC".to_owned(),
        }
    }
}

impl ValidateConfig for Limits {
    fn validate(&self) -> Vec<String> {
        let Self {
            running_turns,
            model_calls,
            tool_calls: _,
            turn_timeout,
            lease_duration,
            output_tokens,
            history_messages,
            history_tokens: _,
            tool_result_chars,
            turn_result_tokens: _,
            history_result_chars,
            time_zone,
        } = self;
        let is_zone = time_zone.parse::<chrono_tz::Tz>().is_ok();
        let chars = format!("must be at least {MIN_RESULT_CHARS}");
        let running = format!("must be from 1 to {MAX_RUNNING}");
        Rules::new()
            .require("running_turns", (1..=MAX_RUNNING).contains(running_turns), &running)
            .positive("model_calls", *model_calls)
            .positive("turn_timeout", *turn_timeout)
            .positive("lease_duration", *lease_duration)
            .positive("output_tokens", *output_tokens)
            .positive("history_messages", *history_messages)
            .require("tool_result_chars", *tool_result_chars >= MIN_RESULT_CHARS, &chars)
            .require("history_result_chars", *history_result_chars >= MIN_RESULT_CHARS, &chars)
            .require("time_zone", is_zone, "is not an IANA time zone such as Europe/Berlin")
            .violations()
    }
}
