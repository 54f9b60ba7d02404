//! The OpenAI protocol (chat completions), which most model servers support.
//!
//! The Responses API is not used: few other servers have it, and OpenAI's models accept function tools
//! here with `reasoning_effort` "none".

mod adjustment;
mod delta;
mod reasoning;
pub(super) mod request;
mod stream;
mod tool_calls;

use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};
use serde_json::{Map, Value};

use super::DefaultEndpoint;
use crate::http::{HttpProvider, StreamDecoder, Target};
use crate::settings::ApiKey;
use crate::{Kind, Prompt};
use stream::OpenAiStream;

/// The old and the new name of the field for the maximum length of the response.
const MAX_TOKENS_FIELDS: [&str; 2] = ["max_tokens", "max_completion_tokens"];

#[derive(Clone, Copy)]
struct OpenAi;

impl Kind {
    /// The OpenAI protocol, which most model servers support.
    pub const OPENAI: Self = Self::new(&OpenAi);
}

impl HttpProvider for OpenAi {
    const KIND: &'static str = "openai";
    const DEFAULT_ENDPOINT: DefaultEndpoint = DefaultEndpoint {
        base_url: "https://api.openai.com/v1",
        model: "gpt-5.6-luna",
        // Without it, models since GPT-5.5 refuse function tools in this protocol.
        extra_body: &[("reasoning_effort", "none")],
    };
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
        request::request_body(target, prompt)
    }

    fn adjust_body(&self, body: &Value, message: &str) -> Option<Map<String, Value>> {
        adjustment::adjust_body(body, message)
    }

    fn stream_decoder(&self) -> Box<dyn StreamDecoder> {
        Box::<OpenAiStream>::default()
    }
}
