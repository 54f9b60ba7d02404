//! Queries for single tasks, snapshots and counts.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    FromQueryResult as _, Iterable as _, QueryFilter as _, QuerySelect as _, Select, Set,
    Statement,
};
use tandem_auth::Owner;
use tandem_clock::Timestamp;
use tandem_database::{Db as _, WithinBytes, json_bytes};
use tandem_error::Error;
use uuid::Uuid;

use super::entity::{encode_state, label, row_from_task, task};
use super::search;
use crate::domain::{StatusKind, Task};

/// Tasks per read of a snapshot.
const SNAPSHOT_BATCH: u64 = 32;

/// The owner's task `id`, deleted or not.
pub async fn find_task(
    db: &impl ConnectionTrait,
    owner: &Owner,
    id: Uuid,
) -> Result<Option<Task>, Error> {
    select_by_id(owner, id).one(db).await.db()?.map(Task::try_from).transpose()
}

/// Like [`find_task`], locked until the transaction ends.
pub(super) async fn find_task_for_update(
    db: &impl ConnectionTrait,
    owner: &Owner,
    id: Uuid,
) -> Result<Option<Task>, Error> {
    select_by_id(owner, id).lock_exclusive().one(db).await.db()?.map(Task::try_from).transpose()
}

fn select_by_id(owner: &Owner, id: Uuid) -> Select<task::Entity> {
    task::Entity::find()
        .filter(task::Column::Id.eq(id))
        .filter(task::Column::Owner.eq(owner.as_str()))
}

/// Inserts a task with its labels and search terms.
pub(super) async fn insert_task(
    db: &impl ConnectionTrait,
    owner: &Owner,
    task: &Task,
    change_sequence: i64,
) -> Result<(), Error> {
    let row = row_from_task(owner, task, change_sequence);
    task::Entity::insert(row).exec_without_returning(db).await.db()?;
    insert_labels(db, owner, task.number, &task.labels).await?;
    search::insert(db, owner, task).await
}

/// Writes the difference between `before`, as returned by [`find_task_for_update`], and `after`.
pub(super) async fn update_task_row(
    db: &impl ConnectionTrait,
    owner: &Owner,
    before: &Task,
    after: &Task,
    change_sequence: i64,
) -> Result<(), Error> {
    let updated = task::Entity::update_many()
        .set(changed_columns(owner, before, after, change_sequence))
        .filter(task::Column::Id.eq(after.id))
        .filter(task::Column::Owner.eq(owner.as_str()));
    if updated.exec(db).await.db()?.rows_affected != 1 {
        return Err(Error::internal("a task that was locked is gone"));
    }
    if after.labels != before.labels {
        delete_labels(db, owner, before).await?;
        insert_labels(db, owner, after.number, &after.labels).await?;
    }
    if (&after.title, &after.description) != (&before.title, &before.description) {
        search::replace(db, owner, after).await?;
    }
    Ok(())
}

/// The columns that differ: an update rewrites the indexes of the columns that it sets.
fn changed_columns(
    owner: &Owner,
    before: &Task,
    after: &Task,
    change_sequence: i64,
) -> task::ActiveModel {
    let before = row_from_task(owner, before, 0);
    let mut changed = row_from_task(owner, after, change_sequence);
    for column in task::Column::iter() {
        if changed.get(column) == before.get(column) {
            changed.not_set(column);
        }
    }
    changed
}

/// Deletes the rows of a task's labels.
pub(super) async fn delete_labels(
    db: &impl ConnectionTrait,
    owner: &Owner,
    task: &Task,
) -> Result<(), Error> {
    let labels = label::Entity::delete_many()
        .filter(label::Column::Owner.eq(owner.as_str()))
        .filter(label::Column::Label.is_in(&task.labels))
        .filter(label::Column::Number.eq(task.number));
    labels.exec(db).await.db()?;
    Ok(())
}

async fn insert_labels(
    db: &impl ConnectionTrait,
    owner: &Owner,
    number: i64,
    labels: &[String],
) -> Result<(), Error> {
    if labels.is_empty() {
        return Ok(());
    }
    let row = |label: &String| label::ActiveModel {
        owner: Set(owner.as_str().to_owned()),
        label: Set(label.clone()),
        number: Set(number),
    };
    let rows = labels.iter().map(row);
    label::Entity::insert_many(rows).exec_without_returning(db).await.db()?;
    Ok(())
}

/// Tasks with a number after `after` that have not changed since `sequence` and are not deleted, by number:
/// at most 32, until they have `max_bytes` together. Later changes are in the log.
pub async fn list_snapshot(
    db: &impl ConnectionTrait,
    owner: &Owner,
    sequence: i64,
    after: i64,
    max_bytes: usize,
) -> Result<Vec<Task>, Error> {
    let backend = db.get_database_backend();
    let labels = json_bytes(backend, "labels");
    let candidates = format!(
        "SELECT number AS row_key, \
         octet_length(title) + octet_length(description) + {labels} AS row_bytes FROM tasks \
         WHERE owner = $1 AND number > $2 AND change_sequence <= $3 AND delete_time IS NULL \
         ORDER BY number LIMIT {SNAPSHOT_BATCH}"
    );
    let row = "tasks.owner = $1 AND tasks.number = page.row_key";
    let (table, candidates, order) = ("tasks", candidates.as_str(), "ASC");
    let sql = WithinBytes { table, candidates, order, row, max_bytes }.select(backend);
    let values = [owner.as_str().into(), after.into(), sequence.into()];
    let select = Statement::from_sql_and_values(backend, sql, values);
    let mut rows = task::Model::find_by_statement(select).all(db).await.db()?;
    rows.sort_by_key(|row| row.number);
    rows.into_iter().map(Task::try_from).collect()
}

/// Counts the owner's pending tasks due in `from..until`: as many entries of the index by due time are read.
pub async fn count_due(
    db: &impl ConnectionTrait,
    owner: &Owner,
    from: Timestamp,
    until: Timestamp,
) -> Result<i64, Error> {
    let count = task::Entity::find()
        .select_only()
        .expr_as(Expr::cust("COUNT(*)"), "count")
        .filter(task::Column::Owner.eq(owner.as_str()))
        .filter(task::Column::State.eq(encode_state(StatusKind::Pending, false)))
        .filter(task::Column::DueTime.gte(from))
        .filter(task::Column::DueTime.lt(until));
    let count = count.into_tuple::<i64>().one(db).await.db()?;
    count.ok_or_else(|| Error::internal("COUNT gave no row"))
}
