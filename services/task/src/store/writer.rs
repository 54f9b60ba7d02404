//! All writes: one transaction holds the request id, the effect, the change log entry and the stored
//! response. Watchers are notified after the commit.

use tandem_auth::Owner;
use tandem_clock::{Clock, Timestamp};
use tandem_database::Database;
use tandem_database::requests::{Key, once};
use tandem_error::Error;
use uuid::Uuid;

use super::notifier::notify_if_ok;
use super::stored_task::StoredTask;
use super::{ChangeNotifier, transactions};
use crate::domain::{ChangeKind, Draft, Task};

/// Writes tasks. Run each write to completion: if its future is dropped, watchers are not notified.
#[derive(Clone)]
pub struct TaskWriter {
    pub(super) db: Database,
    pub(super) clock: Clock,
    pub(super) notifier: ChangeNotifier,
}

/// The task that a change applies to.
#[derive(Debug, Clone)]
pub struct TaskTarget {
    pub id: Uuid,
    /// The expected version; any if empty.
    pub etag: String,
}

impl TaskWriter {
    /// Creates a writer that signals `notifier` after each commit.
    #[must_use]
    pub fn new(db: Database, clock: Clock, notifier: ChangeNotifier) -> Self {
        Self { db, clock, notifier }
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
            let effect = async {
                let tasks = transactions::create_tasks(tx, &owner, &drafts, now).await?;
                Ok(tasks.into_iter().map(StoredTask::from).collect::<Vec<_>>())
            };
            let tasks = once(tx, owner.as_str(), &key, now, effect).await?;
            Ok(tasks.into_iter().map(Task::from).collect())
        });
        notify_if_ok(&self.notifier, watched, created.await)
    }

    /// Applies `change`, which receives the current time, to a task. Nothing is written if no field
    /// changed.
    ///
    /// # Errors
    /// [`Error::Denied`] if the owner has no such task, [`Error::EtagMismatch`],
    /// [`Error::RequestIdReused`], [`Error::DatabaseUnavailable`], and the errors of `change`.
    pub async fn change(
        &self,
        owner: &Owner,
        key: Key,
        target: TaskTarget,
        kind: ChangeKind,
        change: impl Fn(&mut Task, Timestamp) -> Result<(), Error> + Send + Sync + 'static,
    ) -> Result<Task, Error> {
        let (watched, owner) = (owner, owner.clone());
        let now = self.clock.now();
        let changed = self.db.write(async move |tx| {
            let effect = async {
                let change = |task: &mut Task| change(task, now);
                let task =
                    transactions::update_task(tx, &owner, &target, kind, now, change).await?;
                Ok(StoredTask::from(task))
            };
            once(tx, owner.as_str(), &key, now, effect).await.map(Task::from)
        });
        notify_if_ok(&self.notifier, watched, changed.await)
    }
}
