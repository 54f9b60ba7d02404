//! The one door for writes: a transaction, the request id, the change, its place in the log and its
//! answer, together; and when they are committed, a call to those who watch.

use tandem_auth::Owner;
use tandem_clock::{Clock, Timestamp};
use tandem_database::Database;
use tandem_database::requests::{Key, once};
use tandem_error::Error;
use uuid::Uuid;

use super::{Watchers, write};
use crate::domain::{ChangeKind, Draft, Task};

/// Changes tasks. A caller who stops waiting leaves watchers untold: run a change to its end.
#[derive(Clone)]
pub struct Door {
    pub(super) db: Database,
    pub(super) clock: Clock,
    pub(super) watchers: Watchers,
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
    /// A door to `db`; `clock` says when a change happens, `watchers` are told of it.
    #[must_use]
    pub fn new(db: Database, clock: Clock, watchers: Watchers) -> Self {
        Self { db, clock, watchers }
    }

    /// Creates tasks with the owner's next numbers, all or none.
    ///
    /// # Errors
    /// [`Error::RequestIdReused`], [`Error::DatabaseUnavailable`].
    pub async fn create(
        &self,
        owner: &Owner,
        key: Key,
        drafts: Vec<Draft>,
    ) -> Result<Vec<Task>, Error> {
        let (watched, owner) = (owner, owner.clone());
        let now = self.clock.now();
        let created = self.db.write(async move |tx| {
            let effect = write::create(tx, &owner, &drafts, now);
            once(tx, owner.as_str(), &key, now, effect).await
        });
        self.watchers.told(watched, created.await)
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
        kind: ChangeKind,
        change: impl Fn(&mut Task, Timestamp) -> Result<(), Error> + Send + Sync + 'static,
    ) -> Result<Task, Error> {
        let (watched, owner) = (owner, owner.clone());
        let now = self.clock.now();
        let changed = self.db.write(async move |tx| {
            let effect = write::update(tx, &owner, &target, kind, now, |it| change(it, now));
            once(tx, owner.as_str(), &key, now, effect).await
        });
        self.watchers.told(watched, changed.await)
    }
}
