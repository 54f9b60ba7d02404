//! The worker of one turn: calls the model, executes its tool calls, and calls the model again, until the
//! turn ends.

mod interruption;
mod lease;
mod model_call;
mod planned_call;
mod tool_call;

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt as _;
use tandem_auth::Owner;
use tandem_error::Error;
use tandem_llm::Prompt;
use tandem_proto::errors::ErrorReason;
use tokio::select;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;
use uuid::Uuid;

use super::journal::{JournalWriter, WorkerStop, retry_read};
use super::running::{Registration, TurnHandle};
use super::{AgentInner, context};
use crate::domain::{NextAction, ToolStatus, Turn, TurnBudget, TurnFailure, TurnProgress};
use crate::store::{self, Lease, TurnOutcome};
use interruption::Interruption;

/// A turn to work on: a new one, or one taken over from another worker.
pub(super) struct TurnJob {
    pub(super) owner: Owner,
    pub(super) lease: Lease,
    /// The sequence number of the newest event.
    pub(super) last_sequence: i64,
    pub(super) progress: TurnProgress,
    /// How long the turn may still take.
    pub(super) time_left: Duration,
    /// Counts against the running turns of this process.
    pub(super) permit: OwnedSemaphorePermit,
}

struct Worker<'a> {
    inner: &'a AgentInner,
    owner: &'a Owner,
    turn_id: Uuid,
    handle: &'a TurnHandle,
    journal: JournalWriter<'a>,
    deadline: Instant,
    /// The next tool call was started by a previous worker, which may have executed it.
    is_replay: bool,
}

/// Works on a turn until it ends, another worker takes it over, or the process shuts down.
pub(super) async fn run_turn(inner: &AgentInner, job: TurnJob, registration: Registration) {
    let TurnJob { owner, lease, last_sequence, progress, time_left, permit: _permit } = job;
    let (owner, turn_id, handle) = (&owner, lease.turn_id, &*registration.handle);
    let last_call = progress.output().tool_calls.last();
    let is_replay = last_call.is_some_and(|call| call.status == ToolStatus::Running);
    let journal = JournalWriter::new((inner, owner), lease, handle, (last_sequence, progress));
    let deadline = Instant::now() + time_left;
    let mut worker = Worker { inner, owner, turn_id, handle, journal, deadline, is_replay };
    let result = select! {
        biased;
        () = lease::lease_end(inner, handle) => Ok(Err(WorkerStop::LeaseLost)),
        // A turn ends even if its worker panics.
        result = AssertUnwindSafe(worker.run_to_outcome()).catch_unwind() => result,
        () = lease::renew_until_lost(inner, owner, lease, handle) => Ok(Err(WorkerStop::LeaseLost)),
    };
    let result = match result {
        Ok(Ok(outcome)) => worker.journal.finish_turn(outcome).await,
        Ok(Err(WorkerStop::HandOver)) => worker.journal.hand_over().await,
        Ok(Err(WorkerStop::Failed(error))) => {
            worker.journal.release_lease().await;
            Err(WorkerStop::Failed(error))
        }
        Ok(Err(stop)) => Err(stop),
        Err(_panic) => worker.journal.finish_turn(internal_error()).await,
    };
    if let Err(stop) = result {
        log_stop(turn_id, &stop);
    }
}

fn internal_error() -> TurnOutcome {
    TurnOutcome::Failed(TurnFailure::new(ErrorReason::Internal, "internal error"))
}

fn log_stop(turn_id: Uuid, stop: &WorkerStop) {
    match stop {
        WorkerStop::HandOver => {}
        WorkerStop::LeaseLost => {
            tracing::warn!(turn.id = %turn_id, "lost the lease of a turn");
        }
        WorkerStop::Failed(error) => {
            tracing::error!(turn.id = %turn_id, %error, "failed to write turn");
        }
    }
}

impl Worker<'_> {
    async fn run_to_outcome(&mut self) -> Result<TurnOutcome, WorkerStop> {
        match self.run_actions().await {
            Ok(()) => Ok(TurnOutcome::Completed),
            Err(Interruption::EndTurn(outcome)) => Ok(outcome),
            Err(Interruption::StopWorker(stop)) => Err(stop),
        }
    }

    /// Runs the next action until the turn is complete.
    async fn run_actions(&mut self) -> Result<(), Interruption> {
        let (turn, prompt) = self.load_context().await.map_err(Self::context_unavailable)?;
        let model = self.inner.models.find_or_default(&turn.model);
        let limits = &self.inner.limits;
        let budget = TurnBudget { model_calls: limits.model_calls, tool_calls: limits.tool_calls };
        loop {
            let progress = self.journal.progress();
            match progress.next_action(budget) {
                NextAction::CallModel => {
                    let mut prompt = prompt.clone();
                    prompt.entries.extend(context::turn_entries(progress, limits));
                    self.call_model(model.as_ref(), prompt).await?;
                }
                NextAction::StartTool(planned) => {
                    self.expect_uninterrupted()?;
                    self.journal.write_tool_started(planned.to_running_call()).await?;
                }
                NextAction::FinishTool(call) => self.finish_tool(call).await?,
                NextAction::Complete => return Ok(()),
                NextAction::Fail(failure) => {
                    return Err(Interruption::EndTurn(TurnOutcome::Failed(failure)));
                }
            }
        }
    }

    /// The turn, and the prompt with which it starts.
    async fn load_context(&self) -> Result<(Turn, Prompt), Error> {
        let db = self.inner.db.reader();
        let turn = retry_read(|| store::find_turn(db, self.owner, self.turn_id)).await?;
        let turn = turn.ok_or_else(|| Error::internal("a running turn does not exist"))?;
        let prompt = retry_read(|| context::initial_prompt(self.inner, self.owner, &turn)).await?;
        Ok((turn, prompt))
    }

    fn context_unavailable(error: Error) -> Interruption {
        if matches!(error, Error::DatabaseUnavailable(_)) {
            // A process with a database takes the turn over.
            return WorkerStop::Failed(error).into();
        }
        tracing::error!(%error, "failed to load the context of a turn");
        Interruption::EndTurn(internal_error())
    }
}
