//! What a provider is asked.

use axum::http::HeaderMap;
use serde_json::Value;

/// One call to a provider.
#[derive(Debug, Clone)]
pub struct Ask {
    /// The path of the call.
    pub path: String,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body; null where that is no JSON.
    pub body: Value,
}

/// The protocol of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// `/v1/chat/completions`.
    OpenAi,
    /// `/v1beta/models/…:streamGenerateContent`.
    Gemini,
    /// `/v1/messages`.
    Anthropic,
}

impl Ask {
    /// The protocol that its path belongs to.
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

    /// The value of a header, empty where there is none.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The messages of the OpenAI protocol, the system's first.
    #[must_use]
    pub fn messages(&self) -> &[Value] {
        self.body["messages"].as_array().map_or(&[], Vec::as_slice)
    }

    /// What the user said last, in the OpenAI protocol.
    #[must_use]
    pub fn newest(&self) -> &str {
        let user = self.messages().iter().rfind(|message| message["role"] == "user");
        user.and_then(|message| message["content"].as_str()).unwrap_or_default()
    }

    /// What tools answered since, in the OpenAI protocol.
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
