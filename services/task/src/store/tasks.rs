//! Single tasks: reading one, writing one, numbering.

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    Select, Set, Statement,
};
use tandem_auth::Owner;
use tandem_database::Db as _;
use tandem_errors::Error;
use uuid::Uuid;

use super::entity::{label, row, task};
use super::search;
use crate::domain::Task;

/// The owner's task `id`, deleted or not.
pub async fn find(
    db: &impl ConnectionTrait,
    owner: &Owner,
    id: Uuid,
) -> Result<Option<Task>, Error> {
    Ok(by_id(owner, id).one(db).await.db()?.map(Task::from))
}

/// The same, locked until the transaction ends.
pub(super) async fn find_for_update(
    db: &impl ConnectionTrait,
    owner: &Owner,
    id: Uuid,
) -> Result<Option<Task>, Error> {
    Ok(by_id(owner, id).lock_exclusive().one(db).await.db()?.map(Task::from))
}

fn by_id(owner: &Owner, id: Uuid) -> Select<task::Entity> {
    task::Entity::find()
        .filter(task::Column::Id.eq(id))
        .filter(task::Column::Owner.eq(owner.as_str()))
}

/// Takes the owner's next number. Given back when the transaction is: there are no gaps.
pub(super) async fn next_number(db: &impl ConnectionTrait, owner: &Owner) -> Result<i64, Error> {
    let statement = Statement::from_sql_and_values(
        db.get_database_backend(),
        "INSERT INTO task_numbers (owner, last) VALUES ($1, 1) \
         ON CONFLICT (owner) DO UPDATE SET last = task_numbers.last + 1 RETURNING last",
        [owner.as_str().into()],
    );
    let row = db.query_one_raw(statement).await.db()?;
    let row = row.ok_or_else(|| Error::internal("INSERT … RETURNING gave no row"))?;
    row.try_get("", "last").db()
}

/// Stores a new task.
pub(super) async fn insert(
    db: &impl ConnectionTrait,
    owner: &Owner,
    task: &Task,
) -> Result<(), Error> {
    let inserted = task::Entity::insert(row(owner, task)).exec(db).await.db()?;
    let row_id = inserted.last_insert_id;
    insert_labels(db, owner, row_id, &task.labels).await?;
    search::insert(db, owner, row_id, task).await
}

/// Stores what `after` changed of `before`, the same task as [`find_for_update`] gave it.
pub(super) async fn update(
    db: &impl ConnectionTrait,
    owner: &Owner,
    before: &Task,
    after: &Task,
) -> Result<(), Error> {
    let rows = task::Entity::update_many()
        .set(row(owner, after))
        .filter(task::Column::Id.eq(after.id))
        .filter(task::Column::Owner.eq(owner.as_str()))
        .exec_with_returning(db)
        .await
        .db()?;
    let [task::Model { row_id, .. }] = rows[..] else {
        return Err(Error::internal("a task that was locked is gone"));
    };
    if after.labels != before.labels {
        label::Entity::delete_many().filter(label::Column::RowId.eq(row_id)).exec(db).await.db()?;
        insert_labels(db, owner, row_id, &after.labels).await?;
    }
    if (&after.title, &after.description) != (&before.title, &before.description) {
        search::replace(db, owner, row_id, after).await?;
    }
    Ok(())
}

async fn insert_labels(
    db: &impl ConnectionTrait,
    owner: &Owner,
    row_id: i64,
    labels: &[String],
) -> Result<(), Error> {
    if labels.is_empty() {
        return Ok(());
    }
    let row = |label: &String| label::ActiveModel {
        owner: Set(owner.as_str().to_owned()),
        label: Set(label.clone()),
        row_id: Set(row_id),
    };
    label::Entity::insert_many(labels.iter().map(row)).exec_without_returning(db).await.db()?;
    Ok(())
}
