//! Replies of a provider, with faults.

use std::time::Duration;

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use bytes::Bytes;
use serde_json::Value;

use super::body::{Fault, body};
use super::request::Protocol;
use super::{anthropic, gemini, openai};

/// An answer of a model.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    pub(super) text: Vec<String>,
    /// Name and arguments, usually JSON.
    pub(super) calls: Vec<(String, String)>,
    pub(super) usage: Option<(u64, u64)>,
}

/// The reply of a provider to one request.
#[derive(Debug, Clone)]
pub struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    content: Content,
    fault: Fault,
}

#[derive(Debug, Clone)]
enum Content {
    Answer(Answer),
    Events(Vec<Bytes>),
}

impl Answer {
    /// An answer that begins with a piece of text.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self::default().and_text(text)
    }

    /// Another piece of text, in an event of its own.
    #[must_use]
    pub fn and_text(mut self, text: &str) -> Self {
        self.text.push(text.to_owned());
        self
    }

    /// A tool call after the text.
    #[must_use]
    pub fn call(self, name: &str, arguments: &Value) -> Self {
        self.call_with(name, &arguments.to_string())
    }

    /// A tool call with any text as its arguments.
    #[must_use]
    pub fn call_with(mut self, name: &str, arguments: &str) -> Self {
        self.calls.push((name.to_owned(), arguments.to_owned()));
        self
    }

    /// The usage: input and output tokens.
    #[must_use]
    pub fn usage(mut self, input: u64, output: u64) -> Self {
        self.usage = Some((input, output));
        self
    }
}

impl From<Answer> for Reply {
    fn from(answer: Answer) -> Self {
        Self {
            status: 200,
            headers: Vec::new(),
            content: Content::Answer(answer),
            fault: Fault::None,
        }
    }
}

impl Reply {
    /// An error with the provider's text.
    #[must_use]
    pub fn status(status: u16, words: &str) -> Self {
        let content = Content::Events(vec![Bytes::copy_from_slice(words.as_bytes())]);
        Self { status, headers: Vec::new(), content, fault: Fault::None }
    }

    /// A success with any bytes as the body.
    #[must_use]
    pub fn bytes(pieces: impl IntoIterator<Item = impl Into<Bytes>>) -> Self {
        let content = Content::Events(pieces.into_iter().map(Into::into).collect());
        Self { status: 200, headers: Vec::new(), content, fault: Fault::None }
    }

    /// The same with a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// The same with a pause before each event.
    #[must_use]
    pub fn slowly(self, pause: Duration) -> Self {
        Self { fault: Fault::Slow(pause), ..self }
    }

    /// The same with a pause before the end of the body.
    #[must_use]
    pub fn ended_late(self, pause: Duration) -> Self {
        Self { fault: Fault::Late(pause), ..self }
    }

    /// The same without anything after this number of events; the body does not end.
    #[must_use]
    pub fn silent_after(self, events: usize) -> Self {
        Self { fault: Fault::Silent(events), ..self }
    }

    /// The same with the connection closed after this number of events.
    #[must_use]
    pub fn cut_after(self, events: usize) -> Self {
        Self { fault: Fault::Cut(events), ..self }
    }

    /// The same with the body ended after this number of events.
    #[must_use]
    pub fn ended_after(self, events: usize) -> Self {
        Self { fault: Fault::Ended(events), ..self }
    }

    /// The same with every byte sent separately, so that characters beyond ASCII are split.
    #[must_use]
    pub fn byte_by_byte(self) -> Self {
        Self { fault: Fault::Bytes, ..self }
    }

    pub(super) fn into_response(self, protocol: Protocol) -> Response<Body> {
        let events = match &self.content {
            Content::Events(events) => events.clone(),
            Content::Answer(answer) => match protocol {
                Protocol::OpenAi => openai::events(answer),
                Protocol::Gemini => gemini::events(answer),
                Protocol::Anthropic => anthropic::events(answer),
            },
        };
        let mut response = Response::builder().status(self.status);
        if self.status == 200 {
            response = response.header(CONTENT_TYPE, "text/event-stream");
        }
        for (name, value) in self.headers {
            response = response.header(name, value);
        }
        response.body(body(events, self.fault)).expect("valid headers")
    }
}
