//! Answers whose pieces come one by one while they are sent.

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use bytes::Bytes;
use futures::StreamExt as _;
use futures::stream::{self, BoxStream};

use super::encoder::Encoder;
use super::reply::{Call, End};
use super::request::Protocol;
use super::strict::Issued;

/// A piece of an answer.
#[derive(Debug, Clone)]
pub enum Piece {
    /// A piece of text.
    Text(String),
    /// A tool call: id, name and arguments.
    Call(String, String, String),
    /// Input and output tokens.
    Usage(u64, u64),
    /// The provider fails with this text.
    Failure(String),
}

/// The pieces of one answer; they can be sent once.
#[derive(Clone)]
pub(super) struct Pieces(Arc<Mutex<Option<BoxStream<'static, Piece>>>>);

impl fmt::Debug for Pieces {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Pieces")
    }
}

impl Pieces {
    pub(super) fn new(pieces: BoxStream<'static, Piece>) -> Self {
        Self(Arc::new(Mutex::new(Some(pieces))))
    }

    /// The body of the answer, which grows with its pieces.
    pub(super) fn into_body(self, protocol: Protocol, issued: Arc<Mutex<Issued>>) -> Body {
        let pieces = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let pieces = pieces.unwrap_or_else(|| stream::empty().boxed());
        let encoder = Encoder::new(protocol);
        let start = encoder.start(None);
        let state = Some((pieces, encoder, None));
        let rest = stream::unfold(state, move |state| {
            let issued = Arc::clone(&issued);
            async move {
                let (mut pieces, mut encoder, mut usage) = state?;
                let piece = pieces.next().await;
                let is_end = matches!(piece, None | Some(Piece::Failure(_)));
                let events = match piece {
                    None => encoder.end(End::Complete, usage, None),
                    Some(Piece::Text(text)) => encoder.text(&text),
                    Some(Piece::Call(id, name, arguments)) => {
                        let call = Call { id: Some(id), name, arguments };
                        let mut issued = issued.lock().unwrap_or_else(PoisonError::into_inner);
                        issued.add_call(&call, None);
                        encoder.calls(&[call])
                    }
                    Some(Piece::Usage(input, output)) => {
                        usage = Some((input, output));
                        Vec::new()
                    }
                    Some(Piece::Failure(words)) => encoder.failure(&words),
                };
                Some((events, (!is_end).then_some((pieces, encoder, usage))))
            }
        });
        let events = stream::iter([start]).chain(rest).map(|events| events.concat());
        let events = events.filter(|bytes| futures::future::ready(!bytes.is_empty()));
        Body::from_stream(events.map(|bytes| io::Result::Ok(Bytes::from(bytes))))
    }
}
