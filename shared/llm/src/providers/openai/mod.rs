//! The OpenAI protocol (chat completions), which most model servers support.

mod request;
mod stream;

use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};
use serde_json::Value;

use super::DefaultEndpoint;
use crate::http::{HttpProvider, StreamDecoder, Target};
use crate::settings::ApiKey;
use crate::{Kind, Prompt};
use stream::OpenAiStream;

#[derive(Clone, Copy)]
struct OpenAi;

impl Kind {
    /// The OpenAI protocol, which most model servers support.
    pub const OPENAI: Self = Self::new(&OpenAi);
}

impl HttpProvider for OpenAi {
    const KIND: &'static str = "openai";
    const DEFAULT_ENDPOINT: DefaultEndpoint =
        DefaultEndpoint { base_url: "https://api.openai.com/v1", model: "gpt-5-mini" };
    const ENVIRONMENT_VARIABLES: &'static [(&'static str, &'static str)] =
        &[("OPENAI_API_KEY", "api_key"), ("OPENAI_BASE_URL", "base_url")];

    fn request_url(&self, target: &Target) -> String {
        format!("{}/chat/completions", target.base_url)
    }

    fn key_header(&self, key: &ApiKey) -> Result<(HeaderName, HeaderValue), String> {
        let value = HeaderValue::from_str(&format!("Bearer {}", key.expose_secret()));
        let value = value.map_err(|_| "api_key: is not a valid header value".to_owned())?;
        Ok((AUTHORIZATION, value))
    }

    fn request_body(&self, target: &Target, prompt: &Prompt) -> Value {
        request::request_body(&target.model, max_tokens_field(&target.host), prompt)
    }

    fn stream_decoder(&self) -> Box<dyn StreamDecoder> {
        Box::<OpenAiStream>::default()
    }
}

/// The name of the field for the maximum length of the response. OpenAI has renamed it; other servers
/// with the same protocol may know the old name only.
fn max_tokens_field(host: &str) -> &'static str {
    let is_openai = host == "openai.com"
        || [".openai.com", ".openai.azure.com"].iter().any(|suffix| host.ends_with(suffix));
    if is_openai { "max_completion_tokens" } else { "max_tokens" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_openai_gets_max_completion_tokens() {
        for host in ["api.openai.com", "eu.api.openai.com", "mine.openai.azure.com"] {
            assert_eq!(max_tokens_field(host), "max_completion_tokens", "{host}");
        }
        for host in ["127.0.0.1", "notopenai.com", "openai.com.example.org", ""] {
            assert_eq!(max_tokens_field(host), "max_tokens", "{host}");
        }
    }
}
