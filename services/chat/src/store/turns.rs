//! Queries on turns.

use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, Select,
};
use tandem_auth::Owner;
use tandem_clock::Timestamp;
use tandem_database::Db as _;
use tandem_error::Error;
use uuid::Uuid;

use super::entity::turn::{Column, Entity, is_running};
use super::turn_journal::Lease;
use crate::domain::Turn;

/// How many expired leases one query returns.
const BATCH: u64 = 100;

/// The owner's turn `id`.
pub async fn find_turn(
    db: &impl ConnectionTrait,
    owner: &Owner,
    id: Uuid,
) -> Result<Option<Turn>, Error> {
    let row = Entity::find()
        .filter(Column::Id.eq(id))
        .filter(Column::Owner.eq(owner.as_str()))
        .one(db)
        .await
        .db()?;
    row.map(Turn::try_from).transpose()
}

/// At most 100 leases, of any owner, that expired before `now`: their workers are gone. Those of the turns
/// `skipped` are left out. For the recovery of turns only; no caller sees these rows.
pub async fn list_expired_leases(
    db: &impl ConnectionTrait,
    now: Timestamp,
    skipped: &[Uuid],
) -> Result<Vec<(Owner, Lease)>, Error> {
    let rows = select_expired_leases(now, skipped).all(db).await.db()?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let lease = Lease { turn_id: row.id, number: row.lease };
            (Owner::from_row(row.owner), lease)
        })
        .collect())
}

pub(super) fn select_expired_leases(now: Timestamp, skipped: &[Uuid]) -> Select<Entity> {
    let others = (!skipped.is_empty()).then(|| Column::Id.is_not_in(skipped.iter().copied()));
    Entity::find()
        .filter(is_running())
        .filter(Column::LeaseExpireTime.lt(now))
        .filter(Condition::all().add_option(others))
        .order_by_asc(Column::LeaseExpireTime)
        .limit(BATCH)
}

/// The id of the conversation's running turn.
pub(super) async fn find_running_turn(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    conversation_id: Uuid,
) -> Result<Option<Uuid>, Error> {
    let row = select_running_turn(owner, conversation_id).one(tx).await.db()?;
    Ok(row.map(|turn| turn.id))
}

pub(super) fn select_running_turn(owner: &Owner, conversation_id: Uuid) -> Select<Entity> {
    Entity::find()
        .filter(Column::Owner.eq(owner.as_str()))
        .filter(Column::ConversationId.eq(conversation_id))
        .filter(is_running())
}
