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
use tandem_clock::{Clock, Timestamp};
use tandem_database::Database;
use tandem_database::requests::{self, Key};
use tandem_error::Error;
use tandem_server::with_request_id;
use tandem_task_tools::Toolbox;
use tokio::select;
use tokio::sync::Semaphore;
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
    /// One for each turn that this process may run.
    permits: Arc<Semaphore>,
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
            permits: Arc::new(Semaphore::new(limits.running_turns)),
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
    /// `before_commit` runs when nothing refuses the message any more, before it is stored.
    ///
    /// # Errors
    /// Those of [`TurnJournal::start_turn`], [`Error::Overloaded`] if too many turns run, and
    /// [`Error::ShuttingDown`].
    pub async fn post_message(
        &self,
        owner: &Owner,
        key: Key,
        new: NewTurn,
        before_commit: impl Fn() + Send + Sync + 'static,
    ) -> Result<StartedTurn, Error> {
        if self.0.tasks.is_closed() {
            return Err(Error::ShuttingDown);
        }
        let (agent, owner) = (self.clone(), owner.clone());
        let post = async move { agent.start_turn(owner, key, new, before_commit).await };
        self.0.tasks.spawn(with_request_id(post)).await.map_err(Error::internal)?
    }

    /// When a lease expires that is taken or renewed from now on.
    fn lease_expiry(&self) -> Timestamp {
        self.0.clock.now() + self.0.limits.lease_duration.get()
    }

    async fn start_turn(
        &self,
        owner: Owner,
        key: Key,
        new: NewTurn,
        before_commit: impl Fn() + Send + Sync + 'static,
    ) -> Result<StartedTurn, Error> {
        let permits = Arc::clone(&self.0.permits);
        let Ok(permit) = permits.try_acquire_owned() else {
            return self.find_started(&owner, &key).await;
        };
        let expiry = self.lease_expiry();
        let (started, is_new) =
            self.0.journal.start_turn_with(&owner, key, new, before_commit).await?;
        if is_new {
            let job = TurnJob {
                owner,
                lease: Lease { turn_id: started.turn_id, number: Lease::FIRST },
                last_sequence: 1,
                progress: TurnProgress::default(),
                time_left: self.0.limits.turn_timeout.get(),
                permit,
            };
            self.spawn_worker(job, expiry, false);
        }
        Ok(started)
    }

    /// The turn that the same request started before.
    async fn find_started(&self, owner: &Owner, key: &Key) -> Result<StartedTurn, Error> {
        if key.request_id.is_empty() {
            return Err(Error::Overloaded);
        }
        let (db, now) = (self.0.db.reader(), self.0.clock.now());
        let found = requests::find_response(db, owner.as_str(), key, now).await?;
        found.ok_or(Error::Overloaded)
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

    fn spawn_worker(&self, job: TurnJob, lease_expiry: Timestamp, cancel_requested: bool) {
        let agent = self.clone();
        // Registered before the caller receives the turn's id: it can cancel or follow the turn at once.
        let (turn_id, last_sequence) = (job.lease.turn_id, job.last_sequence);
        let registration = self.0.running.register_turn(turn_id, last_sequence, lease_expiry);
        if cancel_requested {
            registration.handle.cancelled.cancel();
        }
        let work = async move { worker::run_turn(&agent.0, job, registration).await };
        self.0.tasks.spawn(with_request_id(work));
    }
}
