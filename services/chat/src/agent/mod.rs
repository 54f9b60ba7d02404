//! The agent: works on turns, from the stored user message to the stored answer.
//!
//! A turn belongs to the service, not to the call that started it: a caller receives a [`StartedTurn`]
//! and may follow the turn with [`Agent::follow_turn`]. The [`worker`] runs in a task of its own and
//! stores each event in the [`journal`] before followers see it.

mod context;
mod credentials;
mod follow;
mod journal;
mod limits;
mod models;
mod recovery;
mod running;
mod worker;

use std::sync::Arc;

use tandem_auth::Owner;
use tandem_clock::Clock;
use tandem_database::Database;
use tandem_database::requests::Key;
use tandem_error::Error;
use tandem_server::with_request_id;
use tandem_task_tools::Toolbox;
use tokio::select;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

pub use context::TIME_ZONE;
pub use credentials::{Credentials, Settings as DelegationSettings};
pub use follow::Follower;
pub use limits::Limits;
pub use models::Models;

use crate::domain::{Turn, TurnProgress};
use crate::store::{self, Lease, NewTurn, StartedTurn, TurnJournal};
use running::RunningTurns;
use tandem_llm::Prompt;
use worker::TurnJob;

/// Works on turns. Cheap to clone; all clones are one agent.
#[derive(Clone)]
pub struct Agent(Arc<AgentInner>);

struct AgentInner {
    db: Database,
    journal: TurnJournal,
    clock: Clock,
    models: Models,
    toolbox: Toolbox,
    credentials: Credentials,
    limits: Limits,
    running: RunningTurns,
    tasks: TaskTracker,
    /// Cancelled when the process stops: turns of other processes are not followed any longer.
    stopping: CancellationToken,
}

/// The dependencies of an [`Agent`].
pub struct Parts {
    pub db: Database,
    pub clock: Clock,
    pub models: Models,
    pub toolbox: Toolbox,
    /// Signs the tokens for the task service.
    pub credentials: Credentials,
    pub limits: Limits,
}

impl Agent {
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let Parts { db, clock, models, toolbox, credentials, limits } = parts;
        Self(Arc::new(AgentInner {
            journal: TurnJournal::new(db.clone(), clock.clone(), limits.lease_duration.get()),
            running: RunningTurns::new(db.clone()),
            db,
            clock,
            models,
            toolbox,
            credentials,
            limits,
            tasks: TaskTracker::new(),
            stopping: CancellationToken::new(),
        }))
    }

    /// The models that callers may select.
    #[must_use]
    pub fn models(&self) -> &Models {
        &self.0.models
    }

    /// Stores a user message and starts its turn. The turn runs to its end even if the caller goes away.
    ///
    /// # Errors
    /// Those of [`TurnJournal::start_turn`], and [`Error::ShuttingDown`].
    pub async fn post_message(
        &self,
        owner: &Owner,
        key: Key,
        new: NewTurn,
    ) -> Result<StartedTurn, Error> {
        if self.0.tasks.is_closed() {
            return Err(Error::ShuttingDown);
        }
        let (agent, owner) = (self.clone(), owner.clone());
        let post = async move { agent.start_turn(owner, key, new).await };
        self.0.tasks.spawn(with_request_id(post)).await.map_err(Error::internal)?
    }

    async fn start_turn(&self, owner: Owner, key: Key, new: NewTurn) -> Result<StartedTurn, Error> {
        let (started, is_new) = self.0.journal.start_turn(&owner, key, new).await?;
        if is_new {
            let job = TurnJob {
                owner,
                lease: Lease { turn_id: started.turn_id, number: Lease::FIRST },
                last_sequence: 1,
                progress: TurnProgress::default(),
                time_left: self.0.limits.turn_timeout.get(),
            };
            self.spawn_worker(job, false);
        }
        Ok(started)
    }

    /// Cancels a turn and waits for its end: no tool call of the turn has an effect after that.
    ///
    /// # Errors
    /// [`Error::Denied`] if the owner has no such turn, [`Error::DatabaseUnavailable`].
    pub async fn cancel_turn(&self, owner: &Owner, turn_id: Uuid) -> Result<Turn, Error> {
        let turn = self.find_turn(owner, turn_id).await?;
        if turn.ended.is_none() {
            // Stored, because the worker may be in another process; one in this process is notified at
            // once.
            self.0.journal.request_cancel(owner, turn_id).await?;
            self.0.running.cancel_turn(turn_id);
        }
        self.wait_for_end(owner, turn_id).await?;
        self.find_turn(owner, turn_id).await
    }

    async fn find_turn(&self, owner: &Owner, turn_id: Uuid) -> Result<Turn, Error> {
        store::find_turn(self.0.db.reader(), owner, turn_id).await?.ok_or(Error::Denied)
    }

    /// The prompt of the turn's latest model call, rebuilt under the current limits.
    ///
    /// # Errors
    /// [`Error::DatabaseUnavailable`].
    pub async fn latest_prompt(&self, owner: &Owner, turn: &Turn) -> Result<Prompt, Error> {
        context::latest_prompt(&self.0, owner, turn).await
    }

    /// Passes notifications of new events between the processes that share the database, as long as `work`
    /// runs.
    pub async fn notify_replicas_during(&self, work: impl Future<Output = ()>) {
        let running = &self.0.running;
        select! {
            () = work => running.flush_announcements().await,
            () = running.connect_replicas(&self.0.db) => {}
        }
    }

    /// Rejects new messages and waits for the running turns to end.
    pub async fn stop(&self) {
        self.0.tasks.close();
        self.0.stopping.cancel();
        self.0.tasks.wait().await;
    }

    /// Interrupts the running turns and releases their leases: another replica, or this one after a
    /// restart, takes them over.
    pub fn hand_over(&self) {
        self.0.running.interrupt_all();
    }

    fn spawn_worker(&self, job: TurnJob, cancel_requested: bool) {
        let agent = self.clone();
        // Registered before the caller receives the turn's id: it can cancel or follow the turn at once.
        let registration = self.0.running.register_turn(job.lease.turn_id, job.last_sequence);
        if cancel_requested {
            registration.handle.cancelled.cancel();
        }
        let work = async move { worker::run_turn(&agent.0, job, registration).await };
        self.0.tasks.spawn(with_request_id(work));
    }
}
