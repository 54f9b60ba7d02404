//! The trait that every model implements, and what it streams.

use futures::stream::BoxStream;

use crate::{Error, Prompt, ToolCall};

/// A language model of any provider.
pub trait Model: Send + Sync {
    /// The name by which settings and callers select the model.
    fn name(&self) -> &str;

    /// Streams the response to a prompt. Dropping the stream cancels the request.
    fn respond(&self, prompt: Prompt) -> BoxStream<'static, Result<Chunk, Error>>;
}

/// A part of a model's response.
#[derive(Debug, Clone, PartialEq)]
pub enum Chunk {
    /// The name of the model that the following chunks are from: a list of models sends it for each
    /// member that it calls.
    Source(String),
    /// A piece of text, to be appended to the text before it.
    Text(String),
    /// A complete tool call.
    ToolCall(ToolCall),
    /// Tokens used since the last count, as soon as they are known, also for failed attempts.
    Usage(Usage),
    /// The response ends before it is complete: at its length limit, or because the rest is filtered.
    Incomplete,
}

impl Chunk {
    /// Whether the chunk is a part of the answer. After the first one the call is not repeated.
    pub(crate) fn is_content(&self) -> bool {
        !matches!(self, Self::Source(_) | Self::Usage(_))
    }
}

/// Tokens used, as counted by the provider.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Tokens of the prompt, including those read from a cache.
    pub input_tokens: u64,
    /// Tokens of the response, including those of hidden reasoning.
    pub output_tokens: u64,
}

impl Usage {
    /// Usage as reported by a provider, each count capped at `u32::MAX`: a larger one is an error of
    /// the provider.
    #[must_use]
    pub fn from_counts(input_tokens: u64, output_tokens: u64) -> Self {
        let max = u64::from(u32::MAX);
        Self { input_tokens: input_tokens.min(max), output_tokens: output_tokens.min(max) }
    }

    /// What has been added since `earlier`.
    pub(crate) fn since(self, earlier: Self) -> Self {
        Self {
            input_tokens: self.input_tokens.saturating_sub(earlier.input_tokens),
            output_tokens: self.output_tokens.saturating_sub(earlier.output_tokens),
        }
    }
}
