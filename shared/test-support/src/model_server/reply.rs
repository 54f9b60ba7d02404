//! What a provider answers, and what goes wrong with it.

use std::time::Duration;

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use bytes::Bytes;
use serde_json::Value;

use super::ask::Protocol;
use super::body::{Fault, body};
use super::{gemini, messages, openai};

/// What a model says.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    pub(super) text: Vec<String>,
    /// Name and arguments, which are JSON unless a test wants something else.
    pub(super) calls: Vec<(String, String)>,
    pub(super) usage: Option<(u64, u64)>,
}

/// What a provider sends.
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
    pub fn say(text: &str) -> Self {
        Self::default().and_say(text)
    }

    /// Another piece of text, in an event of its own.
    #[must_use]
    pub fn and_say(mut self, text: &str) -> Self {
        self.text.push(text.to_owned());
        self
    }

    /// A call to a tool, behind the text.
    #[must_use]
    pub fn call(self, name: &str, arguments: &Value) -> Self {
        self.call_with(name, &arguments.to_string())
    }

    /// A call whose arguments may be anything.
    #[must_use]
    pub fn call_with(mut self, name: &str, arguments: &str) -> Self {
        self.calls.push((name.to_owned(), arguments.to_owned()));
        self
    }

    /// What it cost: tokens read and written.
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
    /// A refusal, with the words of the provider.
    #[must_use]
    pub fn status(status: u16, words: &str) -> Self {
        let content = Content::Events(vec![Bytes::copy_from_slice(words.as_bytes())]);
        Self { status, headers: Vec::new(), content, fault: Fault::None }
    }

    /// A success with any bytes for a body.
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

    /// All events, and after a pause the end of the body.
    #[must_use]
    pub fn ended_late(self, pause: Duration) -> Self {
        Self { fault: Fault::Late(pause), ..self }
    }

    /// So many events, and then nothing, for ever.
    #[must_use]
    pub fn silent_after(self, events: usize) -> Self {
        Self { fault: Fault::Silent(events), ..self }
    }

    /// So many events, and then the connection is cut.
    #[must_use]
    pub fn cut_after(self, events: usize) -> Self {
        Self { fault: Fault::Cut(events), ..self }
    }

    /// So many events, and then the end of the body, as if that were all.
    #[must_use]
    pub fn ended_after(self, events: usize) -> Self {
        Self { fault: Fault::Ended(events), ..self }
    }

    /// Every byte for itself: no character but the simplest comes in one piece.
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
                Protocol::Anthropic => messages::events(answer),
            },
        };
        let mut response = Response::builder().status(self.status);
        if self.status == 200 {
            response = response.header(CONTENT_TYPE, "text/event-stream");
        }
        for (name, value) in self.headers {
            response = response.header(name, value);
        }
        response.body(body(events, self.fault)).expect("a test writes good headers")
    }
}
