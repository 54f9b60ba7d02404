//! Removing for good what has been deleted long enough, and what nobody can ask for any more. Many
//! replicas may do this at once: each row is removed by one of them, and its change is logged once.

use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, DbBackend, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, Statement,
};
use tandem_auth::Owner;
use tandem_clock::Timestamp;
use tandem_database::{Db as _, requests};
use tandem_error::Error;
use uuid::Uuid;

use super::counters::{self, Counters};
use super::entity::task;
use super::{Door, changes, search};
use crate::domain::{Change, ChangeKind, Counts, Task};

/// How many rows one transaction removes.
const BATCH: u64 = 200;

/// What is kept: everything at or after these times.
#[derive(Debug, Clone, Copy)]
pub struct Kept {
    /// Deleted tasks by the time of their deletion.
    pub deleted_since: Timestamp,
    /// Changes by their time.
    pub changed_since: Timestamp,
}

/// How much was removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Purged {
    /// Tasks.
    pub tasks: usize,
    /// Changes.
    pub changes: u64,
}

impl Door {
    /// Removes what need not be kept.
    ///
    /// # Errors
    /// [`Error::DatabaseUnavailable`]; what was removed until then stays removed.
    pub async fn purge(&self, kept: Kept) -> Result<Purged, Error> {
        let mut purged = Purged::default();
        loop {
            let now = self.clock.now();
            let due = due(self.db.reader(), kept.deleted_since).await?;
            for (owner, id) in &due {
                let (job_owner, id) = (owner.clone(), *id);
                let since = kept.deleted_since;
                let removed = self
                    .db
                    .write(async move |tx| remove(tx, &job_owner, id, since, now).await)
                    .await?;
                purged.tasks += usize::from(removed);
                self.watchers.wake(owner);
            }
            if due.is_empty() {
                break;
            }
        }
        let since = kept.changed_since;
        loop {
            let forgotten = self.db.write(async move |tx| forget(tx, since).await).await?;
            purged.changes += forgotten;
            if forgotten == 0 {
                break;
            }
        }
        let now = self.clock.now();
        let forget = || self.db.write(async move |tx| requests::forget(tx, now).await);
        while forget().await? > 0 {}
        Ok(purged)
    }
}

/// Tasks, of anybody, that were deleted before `since`. For this job only; no caller sees these rows.
async fn due(db: &impl ConnectionTrait, since: Timestamp) -> Result<Vec<(Owner, Uuid)>, Error> {
    let rows = task::Entity::find()
        .filter(task::Column::DeleteTime.lt(since))
        .order_by_asc(task::Column::DeleteTime)
        .limit(BATCH)
        .all(db)
        .await
        .db()?;
    Ok(rows.into_iter().map(|row| (Owner::from_row(row.owner), row.id)).collect())
}

/// Removes a task, if it is still there and still deleted; says whether it did.
async fn remove(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    id: Uuid,
    since: Timestamp,
    now: Timestamp,
) -> Result<bool, Error> {
    let due = Condition::all()
        .add(task::Column::Id.eq(id))
        .add(task::Column::Owner.eq(owner.as_str()))
        .add(task::Column::DeleteTime.lt(since));
    let Some(row) = task::Entity::find().filter(due).lock_exclusive().one(tx).await.db()? else {
        return Ok(false);
    };
    let by = Counters { number: 0, sequence: 1, counts: Counts::default() };
    let sequence = counters::advance(tx, owner, by).await?.sequence;
    search::remove(tx, row.row_id).await?;
    task::Entity::delete_by_id(row.row_id).exec(tx).await.db()?;
    let task = Task::from(row).remains();
    let change = Change { sequence, kind: ChangeKind::Purged, task, time: now };
    changes::append(tx, owner, &[change]).await?;
    Ok(true)
}

/// Removes some changes from before `since`; their sequence numbers are missed by nobody but watchers
/// with a token that is older.
async fn forget(tx: &impl ConnectionTrait, since: Timestamp) -> Result<u64, Error> {
    let sql = "DELETE FROM task_changes WHERE (owner, sequence) IN \
               (SELECT owner, sequence FROM task_changes WHERE change_time < $1 LIMIT 2000)";
    let backend: DbBackend = tx.get_database_backend();
    let delete = Statement::from_sql_and_values(backend, sql, [since.into()]);
    Ok(tx.execute_raw(delete).await.db()?.rows_affected())
}
