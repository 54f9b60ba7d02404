//! The Gemini protocol (`streamGenerateContent`).

mod event;
mod request;
mod stream;

use reqwest::header::{HeaderName, HeaderValue};
use serde_json::Value;

use super::DefaultEndpoint;
use crate::http::{HttpProvider, StreamDecoder, Target};
use crate::settings::ApiKey;
use crate::{Kind, Prompt};
use stream::GeminiStream;

#[derive(Clone, Copy)]
struct Gemini;

impl Kind {
    /// The Gemini protocol.
    pub const GEMINI: Self = Self::new(&Gemini);
}

impl HttpProvider for Gemini {
    const KIND: &'static str = "gemini";
    const DEFAULT_ENDPOINT: DefaultEndpoint = DefaultEndpoint {
        base_url: "https://generativelanguage.googleapis.com",
        model: "gemini-flash-latest",
        extra_body: &[],
    };
    const ENVIRONMENT_VARIABLES: &'static [(&'static str, &'static str)] =
        &[("GEMINI_API_KEY", "api_key")];

    fn request_url(&self, target: &Target) -> String {
        // Google's documentation has model names with and without this prefix.
        let model = target.model.trim_start_matches("models/");
        format!("{}/v1beta/models/{model}:streamGenerateContent?alt=sse", target.base_url)
    }

    fn key_header(&self, key: &ApiKey) -> Result<(HeaderName, HeaderValue), String> {
        Ok((HeaderName::from_static("x-goog-api-key"), key.header_value()))
    }

    fn request_body(&self, _: &Target, prompt: &Prompt) -> Value {
        request::request_body(prompt)
    }

    fn stream_decoder(&self) -> Box<dyn StreamDecoder> {
        Box::<GeminiStream>::default()
    }
}
