//! The body of a reply, with what goes wrong while it is sent.

use std::io;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use tokio::time::sleep;

/// What goes wrong.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fault {
    /// Nothing.
    None,
    /// A pause before each event.
    Slow(Duration),
    /// A pause behind the last event.
    Late(Duration),
    /// Nothing comes after so many events.
    Silent(usize),
    /// The connection is cut after so many events.
    Cut(usize),
    /// The body ends after so many events.
    Ended(usize),
    /// Each byte comes for itself.
    Bytes,
}

type Piece = io::Result<Bytes>;

/// The body of a reply.
pub(super) fn body(events: Vec<Bytes>, fault: Fault) -> Body {
    let all = |events: Vec<Bytes>| stream::iter(events.into_iter().map(Ok)).boxed();
    let first = |count| all(events.iter().take(count).cloned().collect());
    let pieces: BoxStream<'static, Piece> = match fault {
        // In one piece: what a load test wants.
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
            // The reader gets the events before it hears of the cut.
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
