//! The protocol of Gemini (`streamGenerateContent`).

mod answer;
mod request;

use serde_json::Value;

use crate::Prompt;
use crate::http::{Protocol, Reader};
use answer::Answer;

/// Where Gemini is.
pub(crate) const HOME: &str = "https://generativelanguage.googleapis.com";

/// The protocol of Gemini. The model's name is in the address.
pub(crate) struct Gemini;

impl Protocol for Gemini {
    fn body(&self, prompt: &Prompt) -> Value {
        request::body(prompt)
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::<Answer>::default()
    }
}
