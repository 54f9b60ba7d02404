//! The OpenAI protocol (chat completions), which most servers of models speak.

mod answer;
mod request;

use serde_json::Value;

use super::Prompt;
use super::http::{Protocol, Reader};
use answer::Answer;

/// Where OpenAI itself is.
pub(super) const HOME: &str = "https://api.openai.com/v1";

/// The OpenAI protocol.
pub(super) struct OpenAi {
    /// The model's name there.
    pub(super) model: String,
    /// Whether it is OpenAI itself, which has another name for the largest answer than the servers that
    /// speak its protocol.
    pub(super) at_home: bool,
}

impl Protocol for OpenAi {
    fn body(&self, prompt: &Prompt) -> Value {
        request::body(self, prompt)
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::<Answer>::default()
    }
}
