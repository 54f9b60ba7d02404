//! The body of a reply, with faults while it is sent.

use std::io;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use tokio::time::sleep;

/// A fault of a reply.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fault {
    /// No fault.
    None,
    /// A pause before each event.
    Slow(Duration),
    /// A pause after the last event.
    Late(Duration),
    /// Nothing is sent after this number of events, and the body does not end.
    Silent(usize),
    /// The connection is closed after this number of events.
    Cut(usize),
    /// The body ends after this number of events.
    Ended(usize),
    /// Every byte is sent separately.
    Bytes,
}

type Piece = io::Result<Bytes>;

/// The body of a reply.
pub(super) fn body(events: Vec<Bytes>, fault: Fault) -> Body {
    let all = |events: Vec<Bytes>| stream::iter(events.into_iter().map(Ok)).boxed();
    let first = |count| all(events.iter().take(count).cloned().collect());
    let pieces: BoxStream<'static, Piece> = match fault {
        // In one piece, for load tests.
        Fault::None => return Body::from(events.concat()),
        Fault::Slow(pause) => all(events)
            .then(move |event| async move {
                sleep(pause).await;
                event
            })
            .boxed(),
        Fault::Late(pause) => {
            let end = stream::once(async move {
                sleep(pause).await;
                Ok(Bytes::new())
            });
            all(events).chain(end).boxed()
        }
        Fault::Silent(count) => first(count).chain(stream::pending()).boxed(),
        Fault::Cut(count) => {
            // The reader receives the events before the connection closes.
            let cut = stream::once(async {
                sleep(Duration::from_millis(20)).await;
                Err(io::Error::other("cut"))
            });
            first(count).chain(cut).boxed()
        }
        Fault::Ended(count) => first(count),
        Fault::Bytes => {
            let bytes = events.concat().into_iter().map(|byte| Bytes::copy_from_slice(&[byte]));
            all(bytes.collect())
        }
    };
    Body::from_stream(pieces)
}
