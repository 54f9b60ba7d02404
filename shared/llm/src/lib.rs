//! Talking to a model: what it is given, what it answers, and the providers that do it.
//!
//! A provider turns one [`Prompt`] into a stream of [`Chunk`]s. It knows nothing of turns, tasks or
//! databases: the agent of the chat service runs the tools that the model asks for and calls again.
//!
//! [`open`] makes the models that the settings name. Those behind HTTP are one client ([`http`]) that
//! speaks one of three protocols ([`providers`]). Each is wrapped in [`retry`], and a list of them in
//! [`fallback`]: to the agent each of these is a [`Model`].

mod calls;
mod error;
mod fallback;
mod history;
mod http;
mod open;
mod providers;
mod retry;
mod settings;

use chrono::DateTime;
use chrono_tz::Tz;
use futures::stream::BoxStream;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use error::Error;
pub use open::open;
pub use settings::{Kind, Provider, Settings};

/// One call to a model.
#[derive(Debug, Clone)]
pub struct Prompt {
    /// What the model is told about its job, before any message.
    pub system: String,
    /// The conversation, oldest first; ends with what the model has to react to.
    pub entries: Vec<Entry>,
    /// The tools that the model may call.
    pub tools: Vec<tandem_task_tools::Spec>,
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
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// Unique within the turn.
    pub id: String,
    /// The tool's name.
    pub name: String,
    /// The arguments: an object, as the model wrote it, not yet checked; a string where what it wrote
    /// is no JSON.
    pub arguments: Value,
    /// What the provider wants back with the call when it is told the result, as it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
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

impl Usage {
    /// What a provider counted. No answer is so large that a larger count is anything but a fault.
    #[must_use]
    pub fn counted(input_tokens: u64, output_tokens: u64) -> Self {
        let most = u64::from(u32::MAX);
        Self { input_tokens: input_tokens.min(most), output_tokens: output_tokens.min(most) }
    }
}

/// A model behind any provider.
pub trait Model: Send + Sync {
    /// The name under which settings and callers choose it.
    fn name(&self) -> &str;

    /// Answers a prompt, piece by piece. Dropping the stream ends the call.
    fn respond(&self, prompt: Prompt) -> BoxStream<'static, Result<Chunk, Error>>;
}
