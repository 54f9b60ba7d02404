//! Permanent removal of deleted tasks and old changes. Safe to run on several
//! replicas at once: each row is removed, and its change logged, by exactly one of them.

use sea_orm::sea_query::{LockBehavior, LockType};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, DbBackend, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, Statement,
};
use tandem_auth::Owner;
use tandem_clock::Timestamp;
use tandem_database::Db as _;
use tandem_error::Error;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::counters::{self, Counters};
use super::entity::task;
use super::{TaskWriter, changes, search, tasks};
use crate::domain::{Change, ChangeKind, Counts, Task};

/// Tasks selected per round.
const BATCH: u64 = 200;

/// After this many tasks that could not be purged a run ends.
const MAX_FAILED: usize = 500;

/// Rows at or after these times are kept.
#[derive(Debug, Clone, Copy)]
pub struct RetentionCutoffs {
    /// Cutoff for deleted tasks, by deletion time.
    pub deleted_since: Timestamp,
    /// Cutoff for the change log.
    pub changed_since: Timestamp,
}

/// The number of rows removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PurgeReport {
    pub tasks: usize,
    pub changes: u64,
}

impl TaskWriter {
    /// Removes everything older than the cutoffs, until `stop`. A task that fails is logged and left to the
    /// next run.
    ///
    /// # Errors
    /// [`Error::DatabaseUnavailable`]; rows removed before the failure stay removed.
    pub async fn purge(
        &self,
        cutoffs: RetentionCutoffs,
        stop: &CancellationToken,
    ) -> Result<PurgeReport, Error> {
        // Each is removed, even if the other fails.
        let tasks = self.purge_tasks(cutoffs.deleted_since, stop).await;
        let changes = self.purge_changes(cutoffs.changed_since, stop).await;
        Ok(PurgeReport { tasks: tasks?, changes: changes? })
    }

    async fn purge_tasks(
        &self,
        since: Timestamp,
        stop: &CancellationToken,
    ) -> Result<usize, Error> {
        let (mut purged, mut failed) = (0, Vec::new());
        while failed.len() < MAX_FAILED {
            let due = list_due_for_purge(self.db.reader(), since, &failed).await?;
            if due.is_empty() {
                break;
            }
            for (owner, id) in due {
                if stop.is_cancelled() {
                    return Ok(purged);
                }
                match self.purge_one(&owner, id, since).await {
                    Ok(true) => purged += 1,
                    Ok(false) => failed.push(id),
                    Err(error) => {
                        tracing::warn!(task.id = %id, %error, "purge failed");
                        failed.push(id);
                    }
                }
            }
        }
        Ok(purged)
    }

    /// Purges a task. Returns whether it did: it may not be due any more, or another replica purges it.
    async fn purge_one(&self, owner: &Owner, id: Uuid, since: Timestamp) -> Result<bool, Error> {
        let (watched, owner, now) = (owner, owner.clone(), self.clock.now());
        let job = async move |tx: &_| purge_task(tx, &owner, id, since, now).await;
        let is_purged = self.db.write(job).await?;
        if is_purged {
            self.notifier.notify(watched);
        }
        Ok(is_purged)
    }

    async fn purge_changes(
        &self,
        since: Timestamp,
        stop: &CancellationToken,
    ) -> Result<u64, Error> {
        let mut purged = 0;
        while !stop.is_cancelled() {
            match self.db.write(async move |tx| delete_old_changes(tx, since).await).await? {
                0 => break,
                changes => purged += changes,
            }
        }
        Ok(purged)
    }
}

/// Tasks of all owners that were deleted before `since`, but for those that failed. Used by this job only,
/// never for a caller.
async fn list_due_for_purge(
    db: &impl ConnectionTrait,
    since: Timestamp,
    failed: &[Uuid],
) -> Result<Vec<(Owner, Uuid)>, Error> {
    let others = (!failed.is_empty()).then(|| task::Column::Id.is_not_in(failed.iter().copied()));
    let rows = task::Entity::find()
        .filter(task::Column::DeleteTime.lt(since))
        .filter(Condition::all().add_option(others))
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
    since: Timestamp,
    now: Timestamp,
) -> Result<bool, Error> {
    let due = Condition::all()
        .add(task::Column::Id.eq(id))
        .add(task::Column::Owner.eq(owner.as_str()))
        .add(task::Column::DeleteTime.lt(since));
    let lock = task::Entity::find()
        .filter(due)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    let Some(row) = lock.one(tx).await.db()? else { return Ok(false) };
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

/// Removes up to 500 changes older than `since`. Only watchers with an older resume token notice.
async fn delete_old_changes(tx: &impl ConnectionTrait, since: Timestamp) -> Result<u64, Error> {
    let sql = "DELETE FROM task_changes WHERE (owner, sequence) IN \
               (SELECT owner, sequence FROM task_changes WHERE change_time < $1 LIMIT 500)";
    let backend: DbBackend = tx.get_database_backend();
    let delete = Statement::from_sql_and_values(backend, sql, [since.into()]);
    Ok(tx.execute_raw(delete).await.db()?.rows_affected())
}
