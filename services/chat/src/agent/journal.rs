//! Writes the journal of a running turn: events are stored first and then sent to followers.
//!
//! Text is stored in pieces, not token by token: the first piece at once, so that followers see the start
//! of the answer without delay, the others after [`TEXT_FLUSH_INTERVAL`] or before the next other event.

mod retry;

use std::time::Duration;

use tandem_auth::Owner;
use tandem_error::Error;
use tokio::time::Instant;

use super::AgentInner;
use super::running::TurnHandle;
use crate::domain::{ModelResponse, ReplayDeduplicator, Tokens, ToolCall, TurnEvent, TurnProgress};
use crate::store::{JournalEntries, Lease, TurnEnd, TurnOutcome};
pub(super) use retry::retry_read;
use retry::retry_write;

/// How long text waits for more text.
const TEXT_FLUSH_INTERVAL: Duration = Duration::from_millis(30);

/// Why a worker stops without ending its turn.
#[derive(Debug)]
pub(super) enum WorkerStop {
    /// Another worker holds the lease.
    LeaseLost,
    /// The process shuts down; another worker resumes the turn.
    HandOver,
    /// The database failed.
    Failed(Error),
}

/// Writes the journal of one turn.
pub(super) struct JournalWriter<'a> {
    inner: &'a AgentInner,
    owner: &'a Owner,
    lease: Lease,
    handle: &'a TurnHandle,
    last_sequence: i64,
    progress: TurnProgress,
    deduplicator: ReplayDeduplicator,
    /// A response with tool calls, stored together with the start of its first call.
    unwritten_response: Option<ModelResponse>,
    unwritten_text: String,
    /// Text of the final response, stored together with the end of the turn.
    final_text: Vec<TurnEvent>,
    last_write: Option<Instant>,
}

impl<'a> JournalWriter<'a> {
    /// Continues the journal after the event `last_sequence`, up to which it amounts to `progress`.
    pub(super) fn new(
        (inner, owner): (&'a AgentInner, &'a Owner),
        lease: Lease,
        handle: &'a TurnHandle,
        (last_sequence, progress): (i64, TurnProgress),
    ) -> Self {
        Self {
            inner,
            owner,
            lease,
            handle,
            last_sequence,
            progress,
            deduplicator: ReplayDeduplicator::default(),
            unwritten_response: None,
            unwritten_text: String::new(),
            final_text: Vec::new(),
            last_write: None,
        }
    }

    pub(super) fn progress(&self) -> &TurnProgress {
        &self.progress
    }

    pub(super) fn start_model_call(&mut self) {
        self.progress.count_model_call();
        let content = &self.progress.output().content;
        self.deduplicator = ReplayDeduplicator::new(content, self.progress.partial_response());
    }

    /// Adds a piece of the model's text, to be stored by [`Self::flush_time`].
    pub(super) fn add_text(&mut self, text: &str) {
        self.unwritten_text.push_str(&self.deduplicator.push(text));
    }

    /// Adds tokens of the model call.
    pub(super) fn add_tokens(&mut self, model: &str, tokens: Tokens) {
        self.progress.add_tokens(model, tokens);
    }

    /// Sets the model that answers.
    pub(super) fn set_answering_model(&mut self, model: &str) {
        self.progress.set_answering_model(model);
    }

    /// When to [`flush`](Self::flush) the unwritten text; `None` if there is none.
    pub(super) fn flush_time(&self) -> Option<Instant> {
        let flush_time = self.last_write.map(|last| last + TEXT_FLUSH_INTERVAL);
        (!self.unwritten_text.is_empty()).then(|| flush_time.unwrap_or_else(Instant::now))
    }

    pub(super) async fn flush(&mut self) -> Result<(), WorkerStop> {
        self.append_event(None).await
    }

    /// Ends a model call. The response is stored with the start of its first tool call, or with the end
    /// of the turn.
    pub(super) fn finish_model_call(&mut self, response: ModelResponse) {
        if response.calls.is_empty() {
            self.keep_final_text();
        } else {
            self.unwritten_response = Some(response.clone());
        }
        self.progress.add_response(response);
    }

    /// Keeps the unwritten text for the end of the turn, which comes next.
    fn keep_final_text(&mut self) {
        let text = std::mem::take(&mut self.unwritten_text);
        if !text.is_empty() {
            let event = TurnEvent::Text(text);
            self.progress.apply_event(&event);
            self.final_text.push(event);
        }
    }

    pub(super) async fn write_tool_started(&mut self, call: ToolCall) -> Result<(), WorkerStop> {
        self.append_event(Some(TurnEvent::ToolStarted(call))).await
    }

    pub(super) async fn write_tool_finished(&mut self, call: ToolCall) -> Result<(), WorkerStop> {
        self.append_event(Some(TurnEvent::ToolFinished(call))).await
    }

    /// Stores the end of the turn with its output.
    pub(super) async fn finish_turn(mut self, outcome: TurnOutcome) -> Result<(), WorkerStop> {
        self.keep_final_text();
        let (mut output, usage) = (self.progress.output().clone(), self.progress.usage());
        // Calls are still running if the worker panicked.
        output.fail_running_calls();
        let (shares, is_cut) = (self.progress.shares().clone(), self.progress.is_answer_cut());
        let unwritten = self.final_text;
        let end = TurnEnd { outcome, unwritten, output, usage, shares, is_cut };
        retry_write(|| self.inner.journal.finish_turn(self.owner, self.lease, end.clone())).await?;
        let written = i64::try_from(end.unwritten.len()).unwrap_or(i64::MAX);
        self.handle.notify_followers(self.last_sequence + written + 1);
        Ok(())
    }

    /// Releases the lease, so that another worker can take the turn over at once.
    pub(super) async fn hand_over(mut self) -> Result<(), WorkerStop> {
        self.flush().await?;
        retry_write(|| self.inner.journal.release_lease(self.owner, self.lease)).await
    }

    /// Lets another worker take the turn over at once, if the database can be written again.
    pub(super) async fn release_lease(&self) {
        if let Err(error) = self.inner.journal.release_lease(self.owner, self.lease).await {
            tracing::warn!(turn.id = %self.lease.turn_id, %error, "failed to release lease");
        }
    }

    /// Stores the unwritten text and response, and `event` after them.
    async fn append_event(&mut self, event: Option<TurnEvent>) -> Result<(), WorkerStop> {
        let text = std::mem::take(&mut self.unwritten_text);
        let text = (!text.is_empty()).then_some(TurnEvent::Text(text));
        let events = text.into_iter().chain(event).collect::<Vec<_>>();
        if events.is_empty() {
            return Ok(());
        }
        let response_number = self.progress.responses().len();
        let response = self.unwritten_response.take().map(|it| (response_number, it));
        let first_sequence = self.last_sequence + 1;
        let entries = JournalEntries { first_sequence, events, response };
        let journal = &self.inner.journal;
        retry_write(|| journal.append_entries(self.owner, self.lease, entries.clone())).await?;
        for event in &entries.events {
            self.progress.apply_event(event);
            self.last_sequence += 1;
        }
        self.last_write = Some(Instant::now());
        self.handle.notify_followers(self.last_sequence);
        Ok(())
    }
}
