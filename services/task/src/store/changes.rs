//! The log of changes, from which watchers read.

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbBackend, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, Set, Statement,
};
use tandem_auth::Owner;
use tandem_database::Db as _;
use tandem_error::Error;

use super::entity::change::{ActiveModel, Column, Entity, Model};
use crate::domain::{Change, ChangeKind};

/// The PostgreSQL channel on which a writer names the owner whose log has grown.
pub const CHANNEL: &str = "task_changes";

/// How many changes are read at a time.
const BATCH: u64 = 32;

/// The owner's next changes behind `after`, at most 32; none where there are none yet.
pub async fn list_changes(
    db: &impl ConnectionTrait,
    owner: &Owner,
    after: i64,
) -> Result<Vec<Change>, Error> {
    let rows = Entity::find()
        .filter(Column::Owner.eq(owner.as_str()))
        .filter(Column::Sequence.gt(after))
        .order_by_asc(Column::Sequence)
        .limit(BATCH)
        .all(db)
        .await
        .db()?;
    rows.into_iter().map(change).collect()
}

/// Adds changes to the owner's log.
pub(super) async fn append(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    changes: &[Change],
) -> Result<(), Error> {
    let row = |change: &Change| {
        Ok(ActiveModel {
            owner: Set(owner.as_str().to_owned()),
            sequence: Set(change.sequence),
            kind: Set(number(change.kind)),
            task: Set(serde_json::to_value(&change.task).map_err(Error::internal)?),
            change_time: Set(change.time),
        })
    };
    let rows = changes.iter().map(row).collect::<Result<Vec<_>, Error>>()?;
    Entity::insert_many(rows).exec_without_returning(tx).await.db()?;
    notify(tx, owner).await
}

/// Wakes the watchers of other replicas when the transaction is committed.
async fn notify(tx: &impl ConnectionTrait, owner: &Owner) -> Result<(), Error> {
    if tx.get_database_backend() == DbBackend::Postgres {
        let values = [CHANNEL.into(), owner.as_str().into()];
        let sql = "SELECT pg_notify($1, $2)";
        let notify = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
        tx.execute_raw(notify).await.db()?;
    }
    Ok(())
}

fn change(row: Model) -> Result<Change, Error> {
    Ok(Change {
        sequence: row.sequence,
        kind: kind(row.kind)?,
        task: serde_json::from_value(row.task).map_err(Error::internal)?,
        time: row.change_time,
    })
}

const KINDS: [ChangeKind; 7] = [
    ChangeKind::Created,
    ChangeKind::Updated,
    ChangeKind::Completed,
    ChangeKind::Reopened,
    ChangeKind::Deleted,
    ChangeKind::Undeleted,
    ChangeKind::Purged,
];

/// The place among [`KINDS`], from 1.
fn number(kind: ChangeKind) -> i16 {
    let place = KINDS.iter().position(|known| *known == kind).unwrap_or_default();
    i16::try_from(place + 1).unwrap_or_default()
}

fn kind(number: i16) -> Result<ChangeKind, Error> {
    let place = usize::try_from(number - 1).ok();
    let kind = place.and_then(|place| KINDS.get(place));
    kind.copied().ok_or_else(|| Error::internal("a change of an unknown kind"))
}
