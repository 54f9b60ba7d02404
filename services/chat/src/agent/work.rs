//! Working on one turn: ask the model, run the tools it calls, ask again, until it answers.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::{FutureExt as _, StreamExt as _};
use tandem_auth::Owner;
use tandem_error::Error;
use tandem_proto::errors::ErrorReason as Reason;
use tandem_task_tools as tools;
use tokio::select;
use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

use super::journal::{Journal, Stop};
use super::running::{Handle, Registration};
use super::{Inner, Limits, context};
use crate::domain::{
    Allowance, Failure, Next, Planned, Progress, Step, ToolCall, ToolStatus, Turn,
};
use crate::store::{self, Ending, Lease, Renewed};
use tandem_llm::{self as llm, Chunk, Prompt};

/// How often a worker renews its lease before it would run out.
const RENEWALS: u32 = 6;

/// A turn to work on: a new one, or one that somebody else left.
pub(super) struct Job {
    /// Whose it is.
    pub(super) owner: Owner,
    /// The right to work on it.
    pub(super) lease: Lease,
    /// Its newest event.
    pub(super) last_sequence: i64,
    /// What has been done.
    pub(super) progress: Progress,
    /// How long it may still take.
    pub(super) time_left: Duration,
}

/// Works on a turn until it has ended, or somebody else has it.
pub(super) async fn run(inner: &Inner, job: Job, registration: Registration) {
    let Job { owner, lease, last_sequence, progress, time_left } = job;
    let handle = &*registration.handle;
    let begun = progress.answer().tool_calls.last();
    let inherited = begun.is_some_and(|call| call.status == ToolStatus::Running);
    let journal = Journal::new((inner, &owner), lease, handle, (last_sequence, progress));
    let deadline = Instant::now() + time_left;
    let (turn_id, owner) = (lease.turn_id, &owner);
    let mut worker = Worker { inner, owner, turn_id, handle, journal, deadline, inherited };
    let ended = select! {
        // A panic must not leave a turn without an end.
        ending = AssertUnwindSafe(worker.work()).catch_unwind() => ending,
        () = lease_lost(inner, owner, lease, handle) => Ok(Err(Stop::LeaseLost)),
    };
    let result = match ended {
        Ok(Ok(ending)) => worker.journal.finish(ending).await,
        Ok(Err(Stop::HandOver)) => worker.journal.hand_over().await,
        Ok(Err(stop)) => Err(stop),
        Err(_panic) => {
            let failure = Failure::new(Reason::Internal, "internal error");
            worker.journal.finish(Ending::Failed(failure)).await
        }
    };
    match result {
        Ok(()) | Err(Stop::HandOver) => {}
        Err(Stop::LeaseLost) => tracing::warn!(turn.id = %lease.turn_id, "turn taken over"),
        Err(Stop::Failed(error)) => {
            tracing::error!(turn.id = %lease.turn_id, error = %error, "turn not written");
        }
    }
}

/// Renews the lease for as long as that works, and hears of a cancellation that another process took.
async fn lease_lost(inner: &Inner, owner: &Owner, lease: Lease, handle: &Handle) {
    let period = inner.limits.lease_duration.get() / RENEWALS;
    let mut ticks = tokio::time::interval_at(Instant::now() + period, period);
    loop {
        ticks.tick().await;
        match inner.door.renew(owner, lease).await {
            Ok(Renewed::Held) => {}
            Ok(Renewed::CancelRequested) => handle.cancelled.cancel(),
            Ok(Renewed::Lost) => return,
            Err(error) => tracing::warn!(turn.id = %lease.turn_id, %error, "lease not renewed"),
        }
    }
}

/// The work on one turn.
struct Worker<'a> {
    inner: &'a Inner,
    owner: &'a Owner,
    turn_id: Uuid,
    handle: &'a Handle,
    journal: Journal<'a>,
    deadline: Instant,
    /// The worker before has begun a call, and perhaps made it.
    inherited: bool,
}

/// What ends the work early.
enum Break {
    /// The turn ends.
    End(Ending),
    /// The worker stops, and the turn does not end here.
    Stop(Stop),
}

impl From<Stop> for Break {
    fn from(stop: Stop) -> Self {
        Self::Stop(stop)
    }
}

impl Worker<'_> {
    async fn work(&mut self) -> Result<Ending, Stop> {
        match self.steps().await {
            Ok(()) => Ok(Ending::Completed),
            Err(Break::End(ending)) => Ok(ending),
            Err(Break::Stop(stop)) => Err(stop),
        }
    }

    /// Does what is to be done next, until the turn is answered.
    async fn steps(&mut self) -> Result<(), Break> {
        let (turn, prompt) = self.context().await.map_err(Self::cannot_read)?;
        let model = self.inner.models.of_turn(&turn.model);
        let Limits { model_calls, tool_calls, tool_result_chars, .. } = self.inner.limits;
        loop {
            match self.journal.progress().next(Allowance { model_calls, tool_calls }) {
                Next::Ask => {
                    let mut prompt = prompt.clone();
                    prompt
                        .entries
                        .extend(context::so_far(self.journal.progress(), tool_result_chars));
                    self.ask(model.as_ref(), prompt).await?;
                }
                Next::Start(planned) => {
                    self.may_go_on()?;
                    self.journal.tool_started(planned.started()).await?;
                }
                Next::Settle(call) => self.settle(call).await?,
                Next::Answer => return Ok(()),
                Next::GiveUp(failure) => return Err(Break::End(Ending::Failed(failure))),
            }
        }
    }

    async fn context(&self) -> Result<(Turn, Prompt), Error> {
        let turn = store::find_turn(self.inner.db.reader(), self.owner, self.turn_id).await?;
        let turn = turn.ok_or_else(|| Error::internal("a turn that was started is gone"))?;
        let prompt = context::prompt(self.inner, self.owner, &turn).await?;
        Ok((turn, prompt))
    }

    /// One call to the model: its text goes to the journal as it comes.
    async fn ask(&mut self, model: &dyn llm::Model, prompt: Prompt) -> Result<(), Break> {
        self.journal.ask();
        let mut chunks = model.respond(prompt);
        let mut step = Step::default();
        loop {
            // Far away where nothing waits to be written.
            let due = self.journal.due().unwrap_or(self.deadline);
            let chunk = select! {
                biased;
                () = self.handle.cancelled.cancelled() => return Err(Break::End(Ending::Cancelled)),
                () = self.handle.interrupted.cancelled() => return Err(Stop::HandOver.into()),
                () = sleep_until(self.deadline) => return Err(self.out_of_time()),
                () = sleep_until(due) => { self.journal.flush().await?; continue }
                chunk = chunks.next() => chunk,
            };
            match chunk {
                None => {
                    self.journal.answered(step);
                    return Ok(());
                }
                Some(Ok(Chunk::Text(piece))) => {
                    // PostgreSQL's texts hold no NUL: a model that writes one must not make the turn
                    // impossible to store.
                    let piece = piece.replace('\0', "");
                    self.journal.text(&piece);
                    step.text.push_str(&piece);
                }
                Some(Ok(Chunk::ToolCall(call))) => step.calls.push(self.planned(&step, call)),
                Some(Ok(Chunk::Usage(usage))) => {
                    let tokens = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
                    step.input_tokens = tokens(usage.input_tokens);
                    step.output_tokens = tokens(usage.output_tokens);
                    self.journal.count(step.input_tokens, step.output_tokens);
                }
                Some(Err(error)) => return Err(unavailable(&error)),
            }
        }
    }

    /// A call as it is journalled: with an id that no other call of the turn has, which not every
    /// provider gives.
    fn planned(&self, step: &Step, call: llm::ToolCall) -> Planned {
        let llm::ToolCall { mut id, name, arguments, signature } = call;
        let steps = self.journal.progress().steps().iter().chain([step]);
        let ids = steps.flat_map(|step| &step.calls).map(|call| call.id.as_str());
        let ids = ids.collect::<Vec<_>>();
        let mut number = ids.len();
        while id.is_empty() || ids.contains(&id.as_str()) {
            number += 1;
            id = format!("call_{number}");
        }
        Planned { id, name, arguments, signature }
    }

    /// Makes the call that was begun. Once it is in the journal it is made, whoever cancels the turn
    /// meanwhile: one that may have been made before is made again, so that nothing happens later.
    async fn settle(&mut self, mut call: ToolCall) -> Result<(), Break> {
        let again = std::mem::take(&mut self.inherited);
        let outcome = select! {
            outcome = self.run_tool(&call, again) => outcome,
            // Whoever takes over makes the same call.
            () = self.handle.interrupted.cancelled() => return Err(Stop::HandOver.into()),
        };
        call.status = if outcome.succeeded { ToolStatus::Succeeded } else { ToolStatus::Failed };
        call.result = Some(outcome.result);
        Ok(self.journal.tool_finished(call).await?)
    }

    async fn run_tool(&self, call: &ToolCall, again: bool) -> tools::Outcome {
        // The same however often the call is made, and by whom: the effect happens once.
        let number = self.journal.progress().answer().tool_calls.len();
        let request_id = format!("{}-{number}", self.turn_id);
        let outcome = match self.inner.credentials.mint(self.owner, self.turn_id) {
            Ok(bearer) => {
                let (name, arguments) = (&call.name, &call.arguments);
                let (bearer_token, request_id) = (&bearer, &request_id);
                let (deadline, is_replay) = (self.deadline, again);
                let call =
                    tools::Call { name, arguments, bearer_token, request_id, deadline, is_replay };
                self.inner.toolbox.call_tool_with_retry(call, || self.may_go_on().is_ok()).await
            }
            Err(error) => {
                tracing::error!(turn.id = %self.turn_id, %error, "no delegated token");
                tools::Outcome::unavailable()
            }
        };
        let (user, turn, tool) = (self.owner.as_str(), self.turn_id, call.name.as_str());
        let end = if outcome.succeeded { "succeeded" } else { "failed" };
        tracing::info!(
            target: "audit",
            outcome = end, user.id = user, turn.id = %turn, tool.name = tool,
            "tool call"
        );
        outcome
    }

    /// Whether another tool may be called.
    fn may_go_on(&self) -> Result<(), Break> {
        if self.handle.cancelled.is_cancelled() {
            Err(Break::End(Ending::Cancelled))
        } else if self.handle.interrupted.is_cancelled() {
            Err(Stop::HandOver.into())
        } else if Instant::now() >= self.deadline {
            Err(self.out_of_time())
        } else {
            Ok(())
        }
    }

    fn out_of_time(&self) -> Break {
        let timeout = self.inner.limits.turn_timeout;
        let message = format!("the turn took longer than {timeout}");
        Break::End(Ending::Failed(Failure::new(Reason::AgentLimitReached, message)))
    }

    fn cannot_read(error: Error) -> Break {
        if matches!(error, Error::DatabaseUnavailable(_)) {
            // Whoever has a database goes on, when the lease runs out.
            return Stop::Failed(error).into();
        }
        tracing::error!(%error, "turn cannot be worked on");
        Break::End(Ending::Failed(Failure::new(Reason::Internal, "internal error")))
    }
}

/// The provider's words stay in the log.
fn unavailable(error: &llm::Error) -> Break {
    tracing::warn!(%error, "model failed");
    let failure = Failure::new(Reason::ModelUnavailable, "no model answered; try again later");
    Break::End(Ending::Failed(failure))
}
