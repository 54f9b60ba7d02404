//! Working on one turn: ask the model, run the tools it calls, ask again, until it answers.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::{FutureExt as _, StreamExt as _};
use tandem_auth::Owner;
use tandem_errors::Error;
use tandem_proto::errors::ErrorReason as Reason;
use tandem_tools as tools;
use tokio::select;
use tokio::time::{Instant, sleep, sleep_until};
use uuid::Uuid;

use super::journal::{Journal, Stop};
use super::running::{Handle, Registration};
use super::{Inner, context};
use crate::domain::{Failure, ToolCall, ToolStatus, Turn, Usage};
use crate::llm::{self, Call, Chunk, Entry, Prompt};
use crate::store::{self, Ending, Lease, Renewed};

/// How often a worker renews its lease.
const RENEW: Duration = Duration::from_secs(2);

/// The pauses before a tool call is made again, and how quickly it must have failed for that.
const PAUSES: [Duration; 2] = [Duration::from_millis(250), Duration::from_secs(1)];
const QUICK: Duration = Duration::from_secs(1);

/// Works on a new turn until it has ended, or somebody else has it.
pub(super) async fn run(inner: &Inner, owner: Owner, lease: Lease, registration: Registration) {
    let mut worker = Worker {
        inner,
        owner: &owner,
        turn_id: lease.turn_id,
        handle: &registration.handle,
        journal: Journal::new(inner, &owner, lease, &registration.handle, 1),
        usage: Usage::default(),
        deadline: Instant::now() + inner.limits.turn(),
    };
    let ended = select! {
        // A panic must not leave a turn without an end.
        ending = AssertUnwindSafe(worker.work()).catch_unwind() => ending,
        () = lease_lost(inner, &owner, lease, &registration.handle) => Ok(Err(Stop::LeaseLost)),
    };
    let result = match ended {
        Ok(Ok(ending)) => worker.journal.finish(ending, worker.usage).await,
        Ok(Err(stop)) => Err(stop),
        Err(_panic) => {
            let failure = Failure::new(Reason::Internal, "internal error");
            worker.journal.finish(Ending::Failed(failure), worker.usage).await
        }
    };
    match result {
        Ok(()) => {}
        Err(Stop::LeaseLost) => tracing::warn!(turn.id = %lease.turn_id, "turn taken over"),
        Err(Stop::Failed(error)) => {
            tracing::error!(turn.id = %lease.turn_id, error = %error, "turn not written");
        }
    }
}

/// Renews the lease for as long as that works, and hears of a cancellation that another process took.
async fn lease_lost(inner: &Inner, owner: &Owner, lease: Lease, handle: &Handle) {
    let mut ticks = tokio::time::interval_at(Instant::now() + RENEW, RENEW);
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
    usage: Usage,
    deadline: Instant,
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

    /// Asks the model, and runs what it calls, until it calls nothing.
    async fn steps(&mut self) -> Result<(), Break> {
        let (turn, mut prompt) = self.context().await.map_err(Self::cannot_read)?;
        let model = self.inner.models.of_turn(&turn.model);
        for _ in 0..self.inner.limits.model_calls {
            let (text, calls) = self.ask(model.as_ref(), prompt.clone()).await?;
            if calls.is_empty() {
                return if self.journal.has_text() { Ok(()) } else { Err(no_answer()) };
            }
            prompt.entries.push(Entry::Assistant { text, calls: calls.clone() });
            for call in calls {
                prompt.entries.push(self.use_tool(call).await?);
            }
        }
        Err(limit(format!("the agent needed more than {} model calls", self.usage.model_calls)))
    }

    async fn context(&self) -> Result<(Turn, Prompt), Error> {
        let turn = store::find_turn(self.inner.db.reader(), self.owner, self.turn_id).await?;
        let turn = turn.ok_or_else(|| Error::internal("a turn that was started is gone"))?;
        let prompt = context::prompt(self.inner, self.owner, &turn).await?;
        Ok((turn, prompt))
    }

    /// One call to the model: its text goes to the journal as it comes.
    async fn ask(
        &mut self,
        model: &dyn llm::Model,
        prompt: Prompt,
    ) -> Result<(String, Vec<Call>), Break> {
        self.usage.model_calls += 1;
        let mut chunks = model.respond(prompt);
        let (mut text, mut calls) = (String::new(), Vec::new());
        loop {
            // Far away where nothing waits to be written.
            let due = self.journal.due().unwrap_or(self.deadline);
            let chunk = select! {
                biased;
                () = self.handle.cancelled.cancelled() => return Err(Break::End(Ending::Cancelled)),
                () = self.handle.interrupted.cancelled() => return Err(interrupted()),
                () = sleep_until(self.deadline) => return Err(self.out_of_time()),
                () = sleep_until(due) => { self.journal.flush().await?; continue }
                chunk = chunks.next() => chunk,
            };
            match chunk {
                None => return Ok((text, calls)),
                Some(Ok(Chunk::Text(piece))) => {
                    if text.is_empty() && self.journal.has_text() {
                        self.journal.text("\n\n");
                    }
                    self.journal.text(&piece);
                    text.push_str(&piece);
                }
                Some(Ok(Chunk::Call(call))) => calls.push(call),
                Some(Ok(Chunk::Usage(usage))) => self.count(usage),
                Some(Err(error)) => return Err(unavailable(&error)),
            }
        }
    }

    /// One call to a tool. Once it is in the journal it is made, whoever cancels the turn meanwhile.
    async fn use_tool(&mut self, call: Call) -> Result<Entry, Break> {
        self.may_go_on()?;
        self.usage.tool_calls += 1;
        let mut record = ToolCall {
            id: call.id.clone(),
            name: call.name.clone(),
            arguments: call.arguments.clone(),
            result: None,
            status: ToolStatus::Running,
        };
        self.journal.tool_started(record.clone()).await?;
        let outcome = self.run_tool(&call).await;
        record.status = if outcome.succeeded { ToolStatus::Succeeded } else { ToolStatus::Failed };
        record.result = Some(outcome.result.clone());
        self.journal.tool_finished(record).await?;
        Ok(Entry::ToolResult { call_id: call.id, name: call.name, result: outcome.result })
    }

    async fn run_tool(&self, call: &Call) -> tools::Outcome {
        // The same however often the call is made: the effect happens once.
        let request_id = format!("{}-{}", self.turn_id, self.usage.tool_calls);
        let outcome = match self.inner.credentials.mint(self.owner, self.turn_id) {
            Ok(bearer) => {
                let (name, arguments) = (&call.name, &call.arguments);
                let (bearer, request_id) = (&bearer, &request_id);
                self.try_tool(tools::Call { name, arguments, bearer, request_id }).await
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

    /// Makes a call, and again with the same request id where the task service was away for a moment,
    /// which may have lost the answer and not the effect.
    async fn try_tool(&self, call: tools::Call<'_>) -> tools::Outcome {
        for pause in PAUSES {
            let began = Instant::now();
            let outcome = self.inner.toolbox.run(call).await;
            // One that took long has waited enough.
            if !outcome.may_pass() || began.elapsed() > QUICK || self.may_go_on().is_err() {
                return outcome;
            }
            sleep(pause).await;
        }
        self.inner.toolbox.run(call).await
    }

    /// Whether another tool may be called.
    fn may_go_on(&self) -> Result<(), Break> {
        let most = self.inner.limits.tool_calls;
        if self.handle.cancelled.is_cancelled() {
            Err(Break::End(Ending::Cancelled))
        } else if self.handle.interrupted.is_cancelled() {
            Err(interrupted())
        } else if Instant::now() >= self.deadline {
            Err(self.out_of_time())
        } else if self.usage.tool_calls >= i64::from(most) {
            Err(limit(format!("the agent needed more than {most} tool calls")))
        } else {
            Ok(())
        }
    }

    fn count(&mut self, usage: llm::Usage) {
        let tokens = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        self.usage.input_tokens += tokens(usage.input_tokens);
        self.usage.output_tokens += tokens(usage.output_tokens);
    }

    fn out_of_time(&self) -> Break {
        limit(format!("the turn took longer than {} seconds", self.inner.limits.turn_seconds))
    }

    fn cannot_read(error: Error) -> Break {
        tracing::error!(%error, "turn cannot be worked on");
        let (reason, message) = match error {
            Error::DatabaseUnavailable(_) => {
                (Reason::DatabaseUnavailable, "the database is unavailable")
            }
            _ => (Reason::Internal, "internal error"),
        };
        Break::End(Ending::Failed(Failure::new(reason, message)))
    }
}

fn limit(message: String) -> Break {
    Break::End(Ending::Failed(Failure::new(Reason::AgentLimitReached, message)))
}

fn interrupted() -> Break {
    Break::End(Ending::Failed(super::recovery::interruption()))
}

fn no_answer() -> Break {
    let failure = Failure::new(Reason::ModelUnavailable, "the model gave no answer");
    Break::End(Ending::Failed(failure))
}

/// The provider's words stay in the log.
fn unavailable(error: &llm::Error) -> Break {
    tracing::warn!(%error, "model failed");
    let failure = Failure::new(Reason::ModelUnavailable, "no model answered; try again later");
    Break::End(Ending::Failed(failure))
}
