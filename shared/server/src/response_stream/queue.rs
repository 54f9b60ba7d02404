//! The messages between the task of a stream and its reader.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use prost::Message;
use tandem_error::Error;
use tokio::sync::watch;
use tokio::time::timeout;
use tonic::Status;

use super::ResumePoint;
use crate::StreamSettings;

/// A queue that is bounded in bytes, with one sender and one reader.
#[derive(Debug)]
pub(super) struct Queue<T> {
    state: Mutex<State<T>>,
    /// Notified of each change of the state.
    changed: watch::Sender<()>,
    capacity: usize,
    reader_timeout: Duration,
}

#[derive(Debug)]
struct State<T> {
    /// With their encoded lengths. An idle stream has no memory for messages.
    messages: VecDeque<(T, usize)>,
    bytes: usize,
    /// How often the reader has taken something.
    taken: u64,
    end: End,
    reader: Reader,
    resume: Option<ResumePoint<T>>,
}

#[derive(Debug)]
enum End {
    /// More messages may follow.
    Open,
    /// Follows the last message.
    Reached(Result<(), Box<Status>>),
    Taken,
}

#[derive(Debug)]
enum Reader {
    Busy,
    Waiting(Waker),
    Gone,
}

impl<T> Queue<T> {
    pub(super) fn new(settings: &StreamSettings, resume: Option<ResumePoint<T>>) -> Self {
        let (messages, end, reader) = (VecDeque::new(), End::Open, Reader::Busy);
        let state = State { messages, bytes: 0, taken: 0, end, reader, resume };
        Self {
            state: Mutex::new(state),
            changed: watch::Sender::new(()),
            capacity: settings.buffer_bytes,
            reader_timeout: settings.reader_timeout.get(),
        }
    }

    /// Adds a message once there is room for it. A message that is larger than the queue waits until the
    /// queue is empty.
    pub(super) async fn push(&self, message: T)
    where
        T: Message,
    {
        let bytes = message.encoded_len();
        let has_room = |state: &State<T>| {
            state.messages.is_empty() || state.bytes.saturating_add(bytes) <= self.capacity
        };
        self.wait_until(has_room).await;
        self.change(|state| {
            state.messages.push_back((message, bytes));
            state.bytes += bytes;
            state.wake_reader();
        });
    }

    /// Ends the stream after its last message.
    pub(super) fn finish(&self, outcome: Result<(), Error>) {
        let outcome = outcome.map_err(|error| Box::new(error.into()));
        self.change(|state| state.end_with(outcome));
    }

    /// Ends the stream with [`Error::ReaderTooSlow`] and drops what waits.
    pub(super) fn give_up(&self) {
        self.change(|state| {
            state.messages = VecDeque::new();
            state.bytes = 0;
        });
        let resume_token = self.lock().resume.as_ref().map(|resume| resume.start.clone());
        self.finish(Err(match resume_token {
            Some(resume_token) => {
                Error::Resumable { error: Box::new(Error::ReaderTooSlow), resume_token }
            }
            None => Error::ReaderTooSlow,
        }));
    }

    /// Waits until the reader has taken the end.
    pub(super) async fn end_taken(&self) {
        self.wait_until(|state| matches!(state.end, End::Taken)).await;
    }

    /// Waits until the response is dropped.
    pub(super) async fn reader_left(&self) {
        self.wait_until(|state| matches!(state.reader, Reader::Gone)).await;
    }

    /// Waits until the reader has taken nothing for the timeout while something waited for it.
    pub(super) async fn reader_stalled(&self) {
        loop {
            self.wait_until(State::has_next).await;
            let taken = self.lock().taken;
            let takes = self.wait_until(|state| state.taken != taken);
            if timeout(self.reader_timeout, takes).await.is_err() {
                return;
            }
        }
    }

    /// Takes the next message or the end.
    pub(super) fn poll_take(&self, cx: &mut Context<'_>) -> Poll<Option<Result<T, Status>>> {
        let next = self.lock().take(cx);
        if next.is_ready() {
            self.changed.send_replace(());
        }
        next
    }

    /// Ends the queue on the side of the reader: the call is over.
    pub(super) fn leave(&self) {
        self.change(|state| {
            state.messages = VecDeque::new();
            state.reader = Reader::Gone;
        });
    }

    async fn wait_until(&self, condition: impl Fn(&State<T>) -> bool) {
        // Subscribed before the state is read: a change in between is not missed.
        let mut changed = self.changed.subscribe();
        while !condition(&self.lock()) {
            // Never an error: the sender is in this queue.
            let _ = changed.changed().await;
        }
    }

    fn change(&self, change: impl FnOnce(&mut State<T>)) {
        change(&mut self.lock());
        self.changed.send_replace(());
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        // std mutex: nothing awaits while it is held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> State<T> {
    /// Whether a message or the end waits for the reader.
    fn has_next(&self) -> bool {
        !self.messages.is_empty() || matches!(self.end, End::Reached(_))
    }

    fn take(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<T, Status>>> {
        if let Some((message, bytes)) = self.messages.pop_front() {
            self.bytes -= bytes;
            self.taken += 1;
            if self.messages.is_empty() {
                self.messages = VecDeque::new();
            }
            if let Some(resume) = &mut self.resume {
                (resume.after)(&message).clone_into(&mut resume.start);
            }
            return Poll::Ready(Some(Ok(message)));
        }
        match std::mem::replace(&mut self.end, End::Taken) {
            End::Open => {
                self.end = End::Open;
                self.reader = Reader::Waiting(cx.waker().clone());
                Poll::Pending
            }
            End::Reached(Err(status)) => Poll::Ready(Some(Err(*status))),
            End::Reached(Ok(())) | End::Taken => Poll::Ready(None),
        }
    }

    fn end_with(&mut self, outcome: Result<(), Box<Status>>) {
        self.end = End::Reached(outcome);
        self.wake_reader();
    }

    fn wake_reader(&mut self) {
        if let Reader::Waiting(waker) = std::mem::replace(&mut self.reader, Reader::Busy) {
            waker.wake();
        }
    }
}
