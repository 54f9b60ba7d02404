//! The journal of a turn at work: what happened is stored first, and told to followers then.
//!
//! Text is stored in pieces of at most [`COALESCE`], not token by token: the first piece at once, so
//! that the follower sees the answer begin, the others when their time is up or something else happens.

use std::time::Duration;

use tandem_auth::Owner;
use tandem_errors::Error;
use tokio::time::{Instant, sleep};

use super::Inner;
use super::running::Handle;
use crate::domain::{Answer, Event, ToolCall, Usage};
use crate::store::{Ending, Lease};

/// How long text waits for more text.
const COALESCE: Duration = Duration::from_millis(30);

/// How long a database that is away is tried again, and how often. Shorter than a lease: somebody else
/// takes the turn over then.
const PATIENCE: Duration = Duration::from_secs(10);
const TRY_AGAIN: Duration = Duration::from_millis(250);

/// Why a worker has to stop without ending its turn.
#[derive(Debug)]
pub(super) enum Stop {
    /// Somebody else has the lease.
    LeaseLost,
    /// The journal could not be written.
    Failed(Error),
}

/// Writes down one turn.
pub(super) struct Journal<'a> {
    inner: &'a Inner,
    owner: &'a Owner,
    lease: Lease,
    handle: &'a Handle,
    last_sequence: i64,
    answer: Answer,
    unwritten: String,
    written: Option<Instant>,
}

impl<'a> Journal<'a> {
    /// A journal that goes on behind the event `last_sequence`.
    pub(super) fn new(
        inner: &'a Inner,
        owner: &'a Owner,
        lease: Lease,
        handle: &'a Handle,
        last_sequence: i64,
    ) -> Self {
        let (answer, unwritten) = (Answer::default(), String::new());
        Self { inner, owner, lease, handle, last_sequence, answer, unwritten, written: None }
    }

    /// Whether anything has been said to the user.
    pub(super) fn has_text(&self) -> bool {
        !self.answer.content.is_empty() || !self.unwritten.is_empty()
    }

    /// Takes the next piece of text, to be written by [`Journal::due`]. PostgreSQL's texts hold no NUL:
    /// a model that writes one must not make the turn impossible to store.
    pub(super) fn text(&mut self, text: &str) {
        self.unwritten.extend(text.chars().filter(|c| *c != '\0'));
    }

    /// When the text that waits has to be written; `None` where none waits.
    pub(super) fn due(&self) -> Option<Instant> {
        let waits = !self.unwritten.is_empty();
        waits.then(|| self.written.map_or_else(Instant::now, |written| written + COALESCE))
    }

    /// Writes the text that waits.
    pub(super) async fn flush(&mut self) -> Result<(), Stop> {
        self.append(None).await
    }

    /// Writes that a tool is about to be called.
    pub(super) async fn tool_started(&mut self, call: ToolCall) -> Result<(), Stop> {
        self.append(Some(Event::ToolStarted(call))).await
    }

    /// Writes what a tool answered.
    pub(super) async fn tool_finished(&mut self, call: ToolCall) -> Result<(), Stop> {
        self.append(Some(Event::ToolFinished(call))).await
    }

    /// Writes the end, with what there is of an answer.
    pub(super) async fn finish(mut self, ending: Ending, usage: Usage) -> Result<(), Stop> {
        self.flush().await?;
        let finish = || {
            let (ending, answer) = (ending.clone(), self.answer.clone());
            self.inner.door.finish(self.owner, self.lease, ending, answer, usage)
        };
        persist(finish).await?;
        self.handle.announce(self.last_sequence + 1);
        Ok(())
    }

    async fn append(&mut self, event: Option<Event>) -> Result<(), Stop> {
        let text = std::mem::take(&mut self.unwritten);
        let text = (!text.is_empty()).then_some(Event::Text(text));
        let events = text.into_iter().chain(event).collect::<Vec<_>>();
        if events.is_empty() {
            return Ok(());
        }
        let first = self.last_sequence + 1;
        persist(|| self.inner.door.append(self.owner, self.lease, first, events.clone())).await?;
        for event in &events {
            self.answer.apply(event);
            self.last_sequence += 1;
        }
        self.written = Some(Instant::now());
        self.handle.announce(self.last_sequence);
        Ok(())
    }
}

/// Writes, and tries again for a while where the database is away.
async fn persist<F>(write: impl Fn() -> F) -> Result<(), Stop>
where
    F: Future<Output = Result<bool, Error>>,
{
    let give_up = Instant::now() + PATIENCE;
    loop {
        match write().await {
            Ok(true) => return Ok(()),
            Ok(false) => return Err(Stop::LeaseLost),
            Err(Error::DatabaseUnavailable(_) | Error::Overloaded | Error::DeadlineExceeded)
                if Instant::now() < give_up =>
            {
                sleep(TRY_AGAIN).await
            }
            Err(error) => return Err(Stop::Failed(error)),
        }
    }
}
