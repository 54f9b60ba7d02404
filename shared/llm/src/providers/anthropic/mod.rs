//! The Anthropic protocol (messages).

mod blocks;
mod event;
mod request;
mod stream;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use super::DefaultEndpoint;
use crate::http::{HttpProvider, StreamDecoder, Target};
use crate::settings::ApiKey;
use crate::{Kind, Prompt};
use stream::AnthropicStream;

/// The protocol version, which every request has to name.
const VERSION: &str = "2023-06-01";

#[derive(Clone, Copy)]
struct Anthropic;

impl Kind {
    /// The Anthropic protocol.
    pub const ANTHROPIC: Self = Self::new(&Anthropic);
}

impl HttpProvider for Anthropic {
    const KIND: &'static str = "anthropic";
    const DEFAULT_ENDPOINT: DefaultEndpoint = DefaultEndpoint {
        base_url: "https://api.anthropic.com",
        model: "claude-sonnet-5-5",
        extra_body: &[],
    };
    const ENVIRONMENT_VARIABLES: &'static [(&'static str, &'static str)] =
        &[("ANTHROPIC_API_KEY", "api_key"), ("ANTHROPIC_BASE_URL", "base_url")];

    fn request_url(&self, target: &Target) -> String {
        format!("{}/v1/messages", target.base_url)
    }

    fn key_header(&self, key: &ApiKey) -> Result<(HeaderName, HeaderValue), String> {
        Ok((HeaderName::from_static("x-api-key"), key.header_value()))
    }

    fn protocol_headers(&self) -> HeaderMap {
        let name = HeaderName::from_static("anthropic-version");
        HeaderMap::from_iter([(name, HeaderValue::from_static(VERSION))])
    }

    fn request_body(&self, target: &Target, prompt: &Prompt) -> Value {
        request::request_body(&target.model, prompt)
    }

    fn stream_decoder(&self) -> Box<dyn StreamDecoder> {
        Box::<AnthropicStream>::default()
    }
}
