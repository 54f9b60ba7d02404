//! The journal of a turn at work: what happened is stored first, and told to followers then.
//!
//! Text is stored in pieces of at most [`COALESCE`], not token by token: the first piece at once, so
//! that the follower sees the answer begin, the others when their time is up or something else happens.

use std::time::Duration;

use tandem_auth::Owner;
use tandem_error::Error;
use tokio::time::{Instant, sleep};

use super::Inner;
use super::running::Handle;
use crate::domain::{Event, Progress, Retelling, Step, ToolCall};
use crate::store::{Ending, Finish, Lease};

/// How long text waits for more text.
const COALESCE: Duration = Duration::from_millis(30);

/// How long a database that is away is tried again, and how often. About as long as a lease: somebody
/// else takes the turn over then.
const PATIENCE: Duration = Duration::from_secs(10);
const TRY_AGAIN: Duration = Duration::from_millis(250);

/// Why a worker has to stop without ending its turn.
#[derive(Debug)]
pub(super) enum Stop {
    /// Somebody else has the lease.
    LeaseLost,
    /// The process ends; somebody else goes on.
    HandOver,
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
    progress: Progress,
    retelling: Retelling,
    /// An answer with calls, written together with the first of them.
    unwritten_step: Option<Step>,
    unwritten: String,
    /// Text that is written with the end.
    last_words: Vec<Event>,
    written: Option<Instant>,
}

impl<'a> Journal<'a> {
    /// A journal that goes on behind the event `last_sequence`, with what it says up to there.
    pub(super) fn new(
        (inner, owner): (&'a Inner, &'a Owner),
        lease: Lease,
        handle: &'a Handle,
        (last_sequence, progress): (i64, Progress),
    ) -> Self {
        Self {
            inner,
            owner,
            lease,
            handle,
            last_sequence,
            progress,
            retelling: Retelling::default(),
            unwritten_step: None,
            unwritten: String::new(),
            last_words: Vec::new(),
            written: None,
        }
    }

    /// How far the turn has come.
    pub(super) fn progress(&self) -> &Progress {
        &self.progress
    }

    /// The model is asked, for the first time or again.
    pub(super) fn ask(&mut self) {
        self.progress.ask();
        let said = self.progress.said();
        self.retelling = Retelling::new(&self.progress.answer().content, said);
    }

    /// Takes the next piece of the model's text, to be written by [`Journal::due`].
    pub(super) fn text(&mut self, text: &str) {
        self.unwritten.push_str(&self.retelling.hear(text));
    }

    /// The model says what its answer took.
    pub(super) fn count(&mut self, input_tokens: i64, output_tokens: i64) {
        self.progress.count(input_tokens, output_tokens);
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

    /// The model's answer is whole: it is written with its first call, or with the turn's end.
    pub(super) fn answered(&mut self, step: Step) {
        if step.calls.is_empty() {
            self.conclude();
        } else {
            self.unwritten_step = Some(step.clone());
        }
        self.progress.answered(step);
    }

    /// Nothing comes behind the text that waits but the end of the turn.
    fn conclude(&mut self) {
        let text = std::mem::take(&mut self.unwritten);
        if !text.is_empty() {
            let event = Event::Text(text);
            self.progress.apply(&event);
            self.last_words.push(event);
        }
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
    pub(super) async fn finish(mut self, ending: Ending) -> Result<(), Stop> {
        self.conclude();
        let (mut answer, usage) = (self.progress.answer().clone(), self.progress.usage());
        // Of a worker that panicked.
        answer.end_calls();
        let finish = Finish { ending, unwritten: self.last_words, answer, usage };
        persist(|| self.inner.door.finish(self.owner, self.lease, finish.clone())).await?;
        let written = i64::try_from(finish.unwritten.len()).unwrap_or(i64::MAX);
        self.handle.announce(self.last_sequence + written + 1);
        Ok(())
    }

    /// Gives the turn up for somebody else to go on with, at once and not when the lease runs out.
    pub(super) async fn hand_over(mut self) -> Result<(), Stop> {
        self.flush().await?;
        persist(|| self.inner.door.release(self.owner, self.lease)).await
    }

    async fn append(&mut self, event: Option<Event>) -> Result<(), Stop> {
        let text = std::mem::take(&mut self.unwritten);
        let text = (!text.is_empty()).then_some(Event::Text(text));
        let events = text.into_iter().chain(event).collect::<Vec<_>>();
        if events.is_empty() {
            return Ok(());
        }
        let first = self.last_sequence + 1;
        let step = self.unwritten_step.take();
        let step = step.map(|step| (self.progress.steps().len(), step));
        let write = || {
            let (events, step) = (events.clone(), step.clone());
            self.inner.door.append(self.owner, self.lease, (first, events), step)
        };
        persist(write).await?;
        for event in &events {
            self.progress.apply(event);
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
