//! Replies of a provider, with faults.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use bytes::Bytes;
use futures::stream::BoxStream;
use serde_json::Value;

use super::body::{Fault, body};
use super::encoder::Encoder;
use super::pieces::{Piece, Pieces};
use super::request::Protocol;
use super::strict::Issued;

/// An answer of a model.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    pub(super) thinking: Option<String>,
    pub(super) text: Vec<String>,
    pub(super) calls: Vec<Call>,
    pub(super) refusal: Option<String>,
    pub(super) end: End,
    pub(super) usage: Option<(u64, u64)>,
}

/// A tool call of an answer.
#[derive(Debug, Clone)]
pub(super) struct Call {
    /// `None`: the protocol's own.
    pub(super) id: Option<String>,
    pub(super) name: String,
    /// Usually JSON.
    pub(super) arguments: String,
}

/// Why an answer ends.
#[derive(Debug, Clone, Copy, Default)]
pub(super) enum End {
    #[default]
    Complete,
    Length,
    Filtered,
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
    Pieces(Pieces),
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
        let (name, arguments) = (name.to_owned(), arguments.to_owned());
        self.calls.push(Call { id: None, name, arguments });
        self
    }

    /// The same with this id of the newest call.
    #[must_use]
    pub fn id(mut self, id: &str) -> Self {
        if let Some(call) = self.calls.last_mut() {
            call.id = Some(id.to_owned());
        }
        self
    }

    /// What the model thinks before it answers, which must be returned with the results of its calls.
    #[must_use]
    pub fn thinking(mut self, text: &str) -> Self {
        self.thinking = Some(text.to_owned());
        self
    }

    /// The model's words with which it refuses to answer.
    #[must_use]
    pub fn refusal(mut self, text: &str) -> Self {
        self.refusal = Some(text.to_owned());
        self
    }

    /// The answer ends at the limit of its length.
    #[must_use]
    pub fn cut(self) -> Self {
        Self { end: End::Length, ..self }
    }

    /// The rest of the answer is filtered.
    #[must_use]
    pub fn filtered(self) -> Self {
        Self { end: End::Filtered, ..self }
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

    /// An answer whose pieces are sent as they come.
    #[must_use]
    pub fn pieces(pieces: BoxStream<'static, Piece>) -> Self {
        let content = Content::Pieces(Pieces::new(pieces));
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

    /// `issued` learns what the answer wants back.
    pub(super) fn into_response(
        self,
        protocol: Protocol,
        issued: &Arc<Mutex<Issued>>,
    ) -> Response<Body> {
        let mut response = Response::builder().status(self.status);
        if self.status == 200 {
            response = response.header(CONTENT_TYPE, "text/event-stream");
        }
        for (name, value) in self.headers {
            response = response.header(name, value);
        }
        let body = match self.content {
            Content::Pieces(pieces) => pieces.into_body(protocol, Arc::clone(issued)),
            Content::Events(events) => body(events, self.fault),
            Content::Answer(answer) => {
                let mut issued = issued.lock().unwrap_or_else(PoisonError::into_inner);
                answer
                    .calls
                    .iter()
                    .for_each(|call| issued.add_call(call, answer.thinking.as_ref()));
                body(Encoder::encode(&answer, protocol), self.fault)
            }
        };
        response.body(body).expect("valid headers")
    }
}
