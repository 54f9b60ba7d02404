//! The protocol of Anthropic (messages).

mod answer;
mod request;

use serde_json::Value;

use crate::Prompt;
use crate::http::{Protocol, Reader};
use answer::Answer;

/// Where Anthropic is.
pub(crate) const HOME: &str = "https://api.anthropic.com";

/// The version of the protocol, which every call names.
pub(crate) const VERSION: &str = "2023-06-01";

/// The protocol of Anthropic.
pub(crate) struct Anthropic {
    /// The model's name there.
    pub(crate) model: String,
}

impl Protocol for Anthropic {
    fn body(&self, prompt: &Prompt) -> Value {
        request::body(&self.model, prompt)
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::<Answer>::default()
    }
}
