//! The agent: works on turns, from the stored message to the stored answer.
//!
//! A turn belongs to the service. Whoever posts a message gets its [`Posted`] and may [`follow`] the
//! turn or not; [`work`] goes on by itself, and every step of it is in the [`journal`] before anybody
//! sees it.
//!
//! [`Posted`]: crate::store::Posted
//! [`follow`]: Agent::follow

mod context;
mod credentials;
mod follow;
mod journal;
mod limits;
mod models;
mod recovery;
mod running;
mod work;

use std::sync::Arc;

use tandem_auth::Owner;
use tandem_clock::Clock;
use tandem_database::Database;
use tandem_database::requests::Key;
use tandem_error::Error;
use tandem_server::with_request_id;
use tandem_task_tools::Toolbox;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

pub use context::TIME_ZONE;
pub use credentials::{Credentials, Settings as DelegationSettings};
pub use limits::Limits;
pub use models::Models;

use crate::domain::{Progress, Turn};
use crate::store::{self, Door, Lease, NewTurn, Posted};
use running::Running;
use tandem_llm::Prompt;
use work::Job;

/// Works on turns. Cheap to clone; all clones are one agent.
#[derive(Clone)]
pub struct Agent(Arc<Inner>);

struct Inner {
    db: Database,
    door: Door,
    clock: Clock,
    models: Models,
    toolbox: Toolbox,
    credentials: Credentials,
    limits: Limits,
    running: Running,
    tasks: TaskTracker,
}

/// What an agent works with.
pub struct Parts {
    /// The chat database.
    pub db: Database,
    /// Says what time it is.
    pub clock: Clock,
    /// The models that may answer.
    pub models: Models,
    /// The tools that they may use.
    pub toolbox: Toolbox,
    /// Speaks for users towards the task service.
    pub credentials: Credentials,
    /// How much a turn may take.
    pub limits: Limits,
}

impl Agent {
    /// An agent that has not begun to work.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let Parts { db, clock, models, toolbox, credentials, limits } = parts;
        let door = Door::new(db.clone(), clock.clone()).with_lease(limits.lease_duration.get());
        let (running, tasks) = (Running::default(), TaskTracker::new());
        Self(Arc::new(Inner {
            db,
            door,
            clock,
            models,
            toolbox,
            credentials,
            limits,
            running,
            tasks,
        }))
    }

    /// The models that callers may choose.
    #[must_use]
    pub fn models(&self) -> &Models {
        &self.0.models
    }

    /// Stores a message and begins to work on its turn. Goes on to the end when the caller does not
    /// wait for it.
    ///
    /// # Errors
    /// As [`Door::post`], and [`Error::ShuttingDown`].
    pub async fn post(&self, owner: &Owner, key: Key, new: NewTurn) -> Result<Posted, Error> {
        if self.0.tasks.is_closed() {
            return Err(Error::ShuttingDown);
        }
        let (agent, owner) = (self.clone(), owner.clone());
        let post = async move {
            let (posted, is_new) = agent.0.door.post(&owner, key, new).await?;
            if is_new {
                let lease = Lease { turn_id: posted.turn_id, number: Lease::FIRST };
                let (progress, time_left) =
                    (Progress::default(), agent.0.limits.turn_timeout.get());
                agent.begin(Job { owner, lease, last_sequence: 1, progress, time_left }, false);
            }
            Ok(posted)
        };
        self.0.tasks.spawn(with_request_id(post)).await.map_err(Error::internal)?
    }

    /// Cancels a turn and waits for its end: from then on no tool does anything for it.
    ///
    /// # Errors
    /// [`Error::Denied`] where the owner has no such turn, [`Error::DatabaseUnavailable`].
    pub async fn cancel(&self, owner: &Owner, turn_id: Uuid) -> Result<Turn, Error> {
        let find = || store::find_turn(self.0.db.reader(), owner, turn_id);
        let turn = find().await?.ok_or(Error::Denied)?;
        if turn.ended.is_none() {
            // Stored for the worker, whichever process it is in; told to it at once where it is here.
            self.0.door.request_cancel(owner, turn_id).await?;
            self.0.running.cancel(turn_id);
        }
        self.end_of(owner, turn_id).await?;
        find().await?.ok_or(Error::Denied)
    }

    /// What the model was given at the latest call of the owner's turn: the same messages, by today's
    /// limits.
    ///
    /// # Errors
    /// [`Error::DatabaseUnavailable`].
    pub async fn latest_prompt(&self, owner: &Owner, turn: &Turn) -> Result<Prompt, Error> {
        context::latest_prompt(&self.0, owner, turn).await
    }

    /// Takes no more messages and waits for the turns that run.
    pub async fn stop(&self) {
        self.0.tasks.close();
        self.0.tasks.wait().await;
    }

    /// Leaves the turns that run to whoever takes them over: another replica, or this one when it is
    /// back.
    pub fn hand_over(&self) {
        self.0.running.interrupt();
    }

    fn begin(&self, job: Job, cancelled: bool) {
        let agent = self.clone();
        // Before the caller learns of the turn: whoever cancels or follows it finds it at once.
        let registration = self.0.running.register(job.lease.turn_id, job.last_sequence);
        if cancelled {
            registration.handle.cancelled.cancel();
        }
        let work = async move { work::run(&agent.0, job, registration).await };
        self.0.tasks.spawn(with_request_id(work));
    }
}
