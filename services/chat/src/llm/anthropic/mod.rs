//! The protocol of Anthropic (messages).

mod answer;
mod request;

use serde_json::Value;

use super::Prompt;
use super::http::{Protocol, Reader};
use answer::Answer;

/// Where Anthropic is.
pub(super) const HOME: &str = "https://api.anthropic.com";

/// The version of the protocol, which every call names.
pub(super) const VERSION: &str = "2023-06-01";

/// The protocol of Anthropic.
pub(super) struct Anthropic {
    /// The model's name there.
    pub(super) model: String,
}

impl Protocol for Anthropic {
    fn body(&self, prompt: &Prompt) -> Value {
        request::body(&self.model, prompt)
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::<Answer>::default()
    }
}
