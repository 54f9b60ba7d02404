//! The one door for writes: a transaction, the request id, the change, and its answer, together.

use sea_orm::ConnectionTrait;
use tandem_auth::Owner;

use tandem_database::Database;
use tandem_database::requests::{Key, once};
use tandem_errors::Error;
use tandem_server::Clock;
use uuid::Uuid;

use super::tasks;
use crate::domain::{Draft, Task};

/// Changes tasks.
#[derive(Clone)]
pub struct Door {
    db: Database,
    clock: Clock,
}

/// Which task a change is meant for.
#[derive(Debug, Clone)]
pub struct Target {
    /// The task.
    pub id: Uuid,
    /// The version that is meant; empty for any.
    pub etag: String,
}

impl Door {
    /// A door to `db`; `clock` says when a change happens.
    #[must_use]
    pub fn new(db: Database, clock: Clock) -> Self {
        Self { db, clock }
    }

    /// Creates a task with the owner's next number.
    ///
    /// # Errors
    /// [`Error::RequestIdReused`], [`Error::DatabaseUnavailable`].
    pub async fn create(&self, owner: &Owner, key: Key, draft: Draft) -> Result<Task, Error> {
        let (owner, now) = (owner.clone(), self.clock.now_micros());
        self.db
            .write(async move |tx| {
                let effect = create(tx, &owner, &draft, now);
                once(tx, owner.as_str(), &key, now, effect).await
            })
            .await
    }

    /// Changes a task as `change` says; it gets the time of the change. What changes nothing is not
    /// written.
    ///
    /// # Errors
    /// [`Error::Denied`] where the owner has no such task, [`Error::EtagMismatch`],
    /// [`Error::RequestIdReused`], [`Error::DatabaseUnavailable`], and what `change` fails with.
    pub async fn change(
        &self,
        owner: &Owner,
        key: Key,
        target: Target,
        change: impl Fn(&mut Task, i64) -> Result<(), Error> + Send + Sync + 'static,
    ) -> Result<Task, Error> {
        let (owner, now) = (owner.clone(), self.clock.now_micros());
        self.db
            .write(async move |tx| {
                let effect = update(tx, &owner, &target, |task| change(task, now));
                once(tx, owner.as_str(), &key, now, effect).await
            })
            .await
    }
}

async fn create(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    draft: &Draft,
    now: i64,
) -> Result<Task, Error> {
    let number = tasks::next_number(tx, owner).await?;
    let task = draft.clone().into_task(Uuid::now_v7(), number, now);
    tasks::insert(tx, owner, &task).await?;
    Ok(task)
}

async fn update(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    target: &Target,
    change: impl Fn(&mut Task) -> Result<(), Error>,
) -> Result<Task, Error> {
    let before = tasks::find_for_update(tx, owner, target.id).await?.ok_or(Error::Denied)?;
    tandem_aip::etag::expect(&target.etag, before.version)?;
    let mut after = before.clone();
    change(&mut after)?;
    if after != before {
        tasks::update(tx, owner, &before, &after).await?;
    }
    Ok(after)
}
