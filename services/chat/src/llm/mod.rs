//! Talking to a model: what it is given, what it answers, and the providers that do it.
//!
//! A provider turns one [`Prompt`] into a stream of [`Chunk`]s. It knows nothing of turns, tasks or
//! databases: the agent (`crate::agent`) runs the tools that the model asks for and calls again.

pub mod builtin;

use chrono::DateTime;
use chrono_tz::Tz;
use futures::stream::BoxStream;
use serde_json::Value;

/// One call to a model.
#[derive(Debug, Clone)]
pub struct Prompt {
    /// What the model is told about its job, before any message.
    pub system: String,
    /// The conversation, oldest first; ends with what the model has to react to.
    pub entries: Vec<Entry>,
    /// The tools that the model may call.
    pub tools: Vec<tandem_tools::Spec>,
    /// The time of the turn in the user's time zone: what "tomorrow" is counted from.
    pub now: DateTime<Tz>,
    /// The largest answer, in tokens.
    pub max_output_tokens: u32,
}

/// One entry of the conversation that a model sees.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    /// What the user wrote.
    User(String),
    /// What the model said, and the tools it called with it.
    Assistant {
        /// The text; may be empty when there are calls.
        text: String,
        /// The calls, in the order in which they run.
        calls: Vec<Call>,
    },
    /// What a tool answered.
    ToolResult {
        /// The `id` of the [`Call`] that this answers.
        call_id: String,
        /// The tool's name.
        name: String,
        /// The tool's answer: an object with a `status`.
        result: Value,
    },
}

/// A tool call that a model asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Unique within the turn.
    pub id: String,
    /// The tool's name.
    pub name: String,
    /// The arguments: an object, as the model wrote it, not yet checked.
    pub arguments: Value,
}

/// One piece of a model's answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Chunk {
    /// The next piece of text.
    Text(String),
    /// A tool call, whole.
    Call(Call),
    /// What the answer cost; at most once, at the end.
    Usage(Usage),
}

/// Tokens that a call to a model took, as its provider counts them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Tokens of the prompt.
    pub input_tokens: u64,
    /// Tokens of the answer.
    pub output_tokens: u64,
}

/// Why a model gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The provider cannot be reached, is overloaded, or broke off; another try may succeed.
    #[error("model unavailable: {0}")]
    Unavailable(String),
}

/// A model behind any provider.
pub trait Model: Send + Sync {
    /// The name under which settings and callers choose it.
    fn name(&self) -> &str;

    /// Answers a prompt, piece by piece. Dropping the stream ends the call.
    fn respond(&self, prompt: Prompt) -> BoxStream<'static, Result<Chunk, Error>>;
}
