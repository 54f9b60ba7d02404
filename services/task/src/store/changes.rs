//! The change log, read by watchers.

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbBackend, EntityTrait as _, FromQueryResult as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, Set, Statement,
};
use tandem_auth::Owner;
use tandem_database::{Db as _, WithinBytes, json_bytes};
use tandem_error::Error;

use super::entity::change::{ActiveModel, Column, Entity, Model};
use super::stored_task::StoredTask;
use crate::domain::{Change, ChangeKind};

/// The PostgreSQL NOTIFY channel; the payload is the owner whose log has grown.
pub(super) const CHANGES_CHANNEL: &str = "task_changes";

/// Changes per read.
const BATCH: u64 = 32;

/// The owner's changes after the sequence `after`: at most 32, until they have `max_bytes` together.
pub async fn list_changes(
    db: &impl ConnectionTrait,
    owner: &Owner,
    after: i64,
    max_bytes: usize,
) -> Result<Vec<Change>, Error> {
    let backend = db.get_database_backend();
    let bytes = json_bytes(backend, "task");
    let candidates = format!(
        "SELECT sequence AS row_key, {bytes} AS row_bytes FROM task_changes \
         WHERE owner = $1 AND sequence > $2 ORDER BY sequence LIMIT {BATCH}"
    );
    let row = "task_changes.owner = $1 AND task_changes.sequence = page.row_key";
    let (table, candidates, order) = ("task_changes", candidates.as_str(), "ASC");
    let sql = WithinBytes { table, candidates, order, row, max_bytes }.select(backend);
    let values = [owner.as_str().into(), after.into()];
    let select = Statement::from_sql_and_values(backend, sql, values);
    let mut rows = Model::find_by_statement(select).all(db).await.db()?;
    rows.sort_by_key(|row| row.sequence);
    rows.into_iter().map(change_from_row).collect()
}

/// The sequence of the owner's first change after `after`.
pub async fn find_next_sequence(
    db: &impl ConnectionTrait,
    owner: &Owner,
    after: i64,
) -> Result<Option<i64>, Error> {
    let next = Entity::find()
        .select_only()
        .column(Column::Sequence)
        .filter(Column::Owner.eq(owner.as_str()))
        .filter(Column::Sequence.gt(after))
        .order_by_asc(Column::Sequence)
        .limit(1);
    next.into_tuple::<i64>().one(db).await.db()
}

/// Appends to the owner's log.
pub(super) async fn append_changes(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    changes: &[Change],
) -> Result<(), Error> {
    let row = |change: &Change| {
        Ok(ActiveModel {
            owner: Set(owner.as_str().to_owned()),
            sequence: Set(change.sequence),
            kind: Set(encode_kind(change.kind)),
            task: Set(serde_json::to_value(StoredTask::from(change.task.clone()))
                .map_err(Error::internal)?),
            change_time: Set(change.time),
        })
    };
    let rows = changes.iter().map(row).collect::<Result<Vec<_>, Error>>()?;
    Entity::insert_many(rows).exec_without_returning(tx).await.db()?;
    notify_replicas(tx, owner).await
}

/// Notifies the watchers of other replicas at commit.
async fn notify_replicas(tx: &impl ConnectionTrait, owner: &Owner) -> Result<(), Error> {
    if tx.get_database_backend() == DbBackend::Postgres {
        let values = [CHANGES_CHANNEL.into(), owner.as_str().into()];
        let sql = "SELECT pg_notify($1, $2)";
        let notify = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
        tx.execute_raw(notify).await.db()?;
    }
    Ok(())
}

fn change_from_row(row: Model) -> Result<Change, Error> {
    Ok(Change {
        sequence: row.sequence,
        kind: decode_kind(row.kind)?,
        task: serde_json::from_value::<StoredTask>(row.task).map_err(Error::internal)?.into(),
        time: row.change_time,
    })
}

tandem_database::column_numbers! {
    /// Numbers are part of the durable log: never reuse one.
    fn encode_kind, decode_kind: ChangeKind, "change kind" {
        1 = ChangeKind::Created,
        2 = ChangeKind::Updated,
        3 = ChangeKind::Completed,
        4 = ChangeKind::Reopened,
        5 = ChangeKind::Deleted,
        6 = ChangeKind::Undeleted,
        7 = ChangeKind::Purged,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn change_kinds_round_trip() {
        use ChangeKind::{Completed, Created, Deleted, Purged, Reopened, Undeleted, Updated};
        let kinds = [Created, Updated, Completed, Reopened, Deleted, Undeleted, Purged];
        let stored = (1..).zip(kinds).collect::<Vec<_>>();
        let known = (i16::MIN..=i16::MAX).filter_map(|it| Some((it, decode_kind(it).ok()?)));
        assert_eq!(known.collect::<Vec<_>>(), stored, "stored numbers never change");
        assert!(stored.iter().all(|(number, kind)| encode_kind(*kind) == *number));
    }

    #[test]
    fn unknown_kinds_are_errors() {
        for number in [i16::MIN, 0, 8, i16::MAX] {
            assert!(matches!(decode_kind(number), Err(Error::Internal(_))), "{number}");
        }
    }
}
