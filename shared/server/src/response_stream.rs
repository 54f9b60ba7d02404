//! Response streams, the one way of every method that streams.
//!
//! The transport asks a response for its next message only while the reader's flow-control window has
//! room. Work inside of the response would stop with the reader and keep what it holds: a query its
//! database connection. So the messages are produced in a task of their own, which waits for the reader
//! only between two messages, in [`MessageSender::send`].

mod queue;

use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures::{FutureExt as _, Stream};
use prost::Message;
use tandem_error::Error;
use tokio::select;
use tonic::Status;
use tracing::Instrument as _;

use self::queue::Queue;
use crate::{StreamSettings, with_request_id};

/// The messages of one response. When it is dropped, the task that produces them is cancelled.
#[derive(Debug)]
pub struct ResponseStream<T>(Arc<Queue<T>>);

/// Passes messages to a [`ResponseStream`].
#[derive(Debug)]
pub struct MessageSender<T>(Arc<Queue<T>>);

/// Where a stream can be resumed.
#[derive(Debug)]
pub struct ResumePoint<T> {
    /// The resume token before the first message.
    pub start: String,
    /// The resume token of a message.
    pub after: fn(&T) -> &str,
}

impl<T: Message + 'static> ResponseStream<T> {
    /// A stream of the messages that `produce` sends. It ends with the outcome of `produce`, or with
    /// [`Error::ReaderTooSlow`] when its reader has taken nothing for
    /// [`reader_timeout`](StreamSettings::reader_timeout) while something waited; what waited is then
    /// dropped.
    pub fn spawn<P, F>(settings: &StreamSettings, produce: P) -> Self
    where
        P: FnOnce(MessageSender<T>) -> F,
        F: Future<Output = Result<(), Error>> + Send + 'static,
    {
        Self::start(settings, None, produce)
    }

    /// The same for a stream that can be resumed: a reader that was too slow gets the resume token of the
    /// last message that it took.
    pub fn spawn_resumable<P, F>(
        settings: &StreamSettings,
        resume: ResumePoint<T>,
        produce: P,
    ) -> Self
    where
        P: FnOnce(MessageSender<T>) -> F,
        F: Future<Output = Result<(), Error>> + Send + 'static,
    {
        Self::start(settings, Some(resume), produce)
    }

    fn start<P, F>(settings: &StreamSettings, resume: Option<ResumePoint<T>>, produce: P) -> Self
    where
        P: FnOnce(MessageSender<T>) -> F,
        F: Future<Output = Result<(), Error>> + Send + 'static,
    {
        let queue = Arc::new(Queue::new(settings, resume));
        let work = produce(MessageSender(Arc::clone(&queue)));
        let run = with_request_id(run(Arc::clone(&queue), work)).in_current_span();
        tokio::spawn(run);
        Self(queue)
    }
}

/// Runs `work`, and then waits for the reader to take the rest.
async fn run<T: Message>(
    queue: Arc<Queue<T>>,
    work: impl Future<Output = Result<(), Error>> + Send + 'static,
) {
    let work = AssertUnwindSafe(work).catch_unwind();
    let finish = async {
        let panicked = |_| Err(Error::internal("the task of a stream panicked"));
        queue.finish(work.await.unwrap_or_else(panicked));
        // The time limit of the reader holds until it has taken the end.
        queue.end_taken().await;
    };
    select! {
        () = finish => {}
        () = queue.reader_left() => {}
        () = queue.reader_stalled() => queue.give_up(),
    }
}

impl<T: Message> MessageSender<T> {
    /// Sends a message once there is room for it. The task is cancelled here if the reader leaves or is too
    /// slow, so hold nothing that others need.
    pub async fn send(&self, message: T) {
        self.0.push(message).await;
    }
}

impl<T> Stream for ResponseStream<T> {
    type Item = Result<T, Status>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_take(cx)
    }
}

impl<T> Drop for ResponseStream<T> {
    fn drop(&mut self) {
        self.0.leave();
    }
}

#[cfg(test)]
mod tests;
