//! Permanent removal of deleted tasks, old changes and expired request ids. Safe to run on several
//! replicas at once: each row is removed, and its change logged, by exactly one of them.

use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, DbBackend, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, Statement,
};
use tandem_auth::Owner;
use tandem_database::{Db as _, requests};
use tandem_error::Error;
use uuid::Uuid;

use super::counters::{self, Counters};
use super::entity::task;
use super::{TaskWriter, changes, search, tasks};
use crate::domain::{Change, ChangeKind, Counts, Task};

/// Tasks selected per round.
const BATCH: u64 = 200;

/// Rows at or after these times (microseconds since 1970) are kept.
#[derive(Debug, Clone, Copy)]
pub struct RetentionCutoffs {
    /// Cutoff for deleted tasks, by deletion time.
    pub deleted_since: i64,
    /// Cutoff for the change log.
    pub changed_since: i64,
}

/// The number of rows removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PurgeReport {
    pub tasks: usize,
    pub changes: u64,
}

impl TaskWriter {
    /// Removes everything older than the cutoffs.
    ///
    /// # Errors
    /// [`Error::DatabaseUnavailable`]; rows removed before the failure stay removed.
    pub async fn purge(&self, cutoffs: RetentionCutoffs) -> Result<PurgeReport, Error> {
        let mut purged = PurgeReport::default();
        loop {
            let now = self.clock.now_micros();
            let due = list_due_for_purge(self.db.reader(), cutoffs.deleted_since).await?;
            for (owner, id) in &due {
                let (job_owner, id) = (owner.clone(), *id);
                let since = cutoffs.deleted_since;
                let removed = self
                    .db
                    .write(async move |tx| purge_task(tx, &job_owner, id, since, now).await)
                    .await?;
                purged.tasks += usize::from(removed);
                self.notifier.notify(owner);
            }
            if due.is_empty() {
                break;
            }
        }
        let since = cutoffs.changed_since;
        loop {
            let forgotten =
                self.db.write(async move |tx| delete_old_changes(tx, since).await).await?;
            purged.changes += forgotten;
            if forgotten == 0 {
                break;
            }
        }
        let now = self.clock.now_micros();
        let forget = || self.db.write(async move |tx| requests::delete_expired(tx, now).await);
        while forget().await? > 0 {}
        Ok(purged)
    }
}

/// Tasks of all owners that were deleted before `since`. Used by this job only, never for a caller.
async fn list_due_for_purge(
    db: &impl ConnectionTrait,
    since: i64,
) -> Result<Vec<(Owner, Uuid)>, Error> {
    let rows = task::Entity::find()
        .filter(task::Column::DeleteTime.lt(since))
        .order_by_asc(task::Column::DeleteTime)
        .limit(BATCH)
        .all(db)
        .await
        .db()?;
    Ok(rows.into_iter().map(|row| (Owner::from_row(row.owner), row.id)).collect())
}

/// Removes a task if it still exists and is still deleted; returns whether it did.
async fn purge_task(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    id: Uuid,
    since: i64,
    now: i64,
) -> Result<bool, Error> {
    let due = Condition::all()
        .add(task::Column::Id.eq(id))
        .add(task::Column::Owner.eq(owner.as_str()))
        .add(task::Column::DeleteTime.lt(since));
    let Some(row) = task::Entity::find().filter(due).lock_exclusive().one(tx).await.db()? else {
        return Ok(false);
    };
    let by = Counters { number: 0, sequence: 1, counts: Counts::default() };
    let sequence = counters::advance_counters(tx, owner, by).await?.sequence;
    let task = Task::try_from(row)?;
    search::remove(tx, owner, task.number).await?;
    tasks::delete_labels(tx, owner, &task).await?;
    task::Entity::delete_by_id(task.id).exec(tx).await.db()?;
    let task = task.tombstone();
    let change = Change { sequence, kind: ChangeKind::Purged, task, time: now };
    changes::append_changes(tx, owner, &[change]).await?;
    Ok(true)
}

/// Removes up to 2000 changes older than `since`. Only watchers with an older resume token notice.
async fn delete_old_changes(tx: &impl ConnectionTrait, since: i64) -> Result<u64, Error> {
    let sql = "DELETE FROM task_changes WHERE (owner, sequence) IN \
               (SELECT owner, sequence FROM task_changes WHERE change_time < $1 LIMIT 2000)";
    let backend: DbBackend = tx.get_database_backend();
    let delete = Statement::from_sql_and_values(backend, sql, [since.into()]);
    Ok(tx.execute_raw(delete).await.db()?.rows_affected())
}
