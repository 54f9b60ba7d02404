//! The OpenAI protocol (chat completions), which most servers of models speak.

mod answer;
mod request;

use serde_json::Value;

use crate::Prompt;
use crate::http::{Protocol, Reader};
use answer::Answer;

/// Where OpenAI itself is.
pub(crate) const HOME: &str = "https://api.openai.com/v1";

/// The OpenAI protocol.
pub(crate) struct OpenAi {
    /// The model's name there.
    pub(crate) model: String,
    /// What the largest answer is called there.
    pub(crate) limit: &'static str,
}

/// What the largest answer is called at `host`: OpenAI itself gave it another name, which not all the
/// servers that speak its protocol have heard of.
pub(crate) fn limit(host: &str) -> &'static str {
    let at_home = host == "openai.com"
        || [".openai.com", ".openai.azure.com"].iter().any(|end| host.ends_with(end));
    if at_home { "max_completion_tokens" } else { "max_tokens" }
}

impl Protocol for OpenAi {
    fn body(&self, prompt: &Prompt) -> Value {
        request::body(self, prompt)
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::<Answer>::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_openai_itself_has_the_new_name_for_the_largest_answer() {
        for host in ["api.openai.com", "eu.api.openai.com", "mine.openai.azure.com"] {
            assert_eq!(limit(host), "max_completion_tokens", "{host}");
        }
        for host in ["127.0.0.1", "notopenai.com", "openai.com.example.org", ""] {
            assert_eq!(limit(host), "max_tokens", "{host}");
        }
    }
}
