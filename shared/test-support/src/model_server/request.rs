//! Requests to a provider.

use axum::http::HeaderMap;
use serde_json::Value;

/// A request to a provider.
#[derive(Debug, Clone)]
pub struct ModelRequest {
    /// The path of the URL.
    pub path: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; null if it is not JSON.
    pub body: Value,
}

/// The protocol of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// `/v1/chat/completions`.
    OpenAi,
    /// `/v1beta/models/…:streamGenerateContent`.
    Gemini,
    /// `/v1/messages`.
    Anthropic,
}

impl ModelRequest {
    /// The protocol, by the path.
    #[must_use]
    pub fn protocol(&self) -> Protocol {
        if self.path.ends_with(":streamGenerateContent") {
            Protocol::Gemini
        } else if self.path.ends_with("/messages") {
            Protocol::Anthropic
        } else {
            Protocol::OpenAi
        }
    }

    /// The value of a header; empty if there is none.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The messages in the OpenAI protocol, beginning with the system message.
    #[must_use]
    pub fn messages(&self) -> &[Value] {
        self.body["messages"].as_array().map_or(&[], Vec::as_slice)
    }

    /// The newest message of the user, in the OpenAI protocol.
    #[must_use]
    pub fn newest(&self) -> &str {
        let user = self.messages().iter().rfind(|message| message["role"] == "user");
        user.and_then(|message| message["content"].as_str()).unwrap_or_default()
    }

    /// The tool results since that message, in the OpenAI protocol.
    #[must_use]
    pub fn results(&self) -> Vec<Value> {
        let since = self.messages().iter().rev().take_while(|message| message["role"] != "user");
        let results = since.filter(|message| message["role"] == "tool");
        let read = |message: &Value| {
            let content = message["content"].as_str().unwrap_or_default();
            serde_json::from_str(content).unwrap_or_default()
        };
        let mut results = results.map(read).collect::<Vec<_>>();
        results.reverse();
        results
    }
}
