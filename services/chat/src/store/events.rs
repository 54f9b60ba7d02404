//! Queries on the events of turns.

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Set,
};
use tandem_auth::Owner;
use tandem_clock::Timestamp;
use tandem_database::Db as _;
use tandem_error::Error;
use uuid::Uuid;

use super::entity::turn_event::{ActiveModel, Column, Entity, Model};
use super::entity::{from_json, to_json};
use crate::domain::TurnEvent;

/// How many events one query returns.
const BATCH: u64 = 256;

/// An event with its position in the turn.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredEvent {
    /// 1, 2, 3… within the turn.
    pub sequence: i64,
    pub time: Timestamp,
    pub event: TurnEvent,
}

impl TryFrom<Model> for StoredEvent {
    type Error = Error;

    fn try_from(row: Model) -> Result<Self, Error> {
        let event = from_json(row.event)?;
        Ok(Self { sequence: row.sequence, time: row.event_time, event })
    }
}

/// At most 256 events of the owner's turn after the sequence number `after`; empty if there are none
/// yet.
pub async fn list_events(
    db: &impl ConnectionTrait,
    owner: &Owner,
    turn_id: Uuid,
    after: i64,
) -> Result<Vec<StoredEvent>, Error> {
    let rows = Entity::find()
        .filter(Column::Owner.eq(owner.as_str()))
        .filter(Column::TurnId.eq(turn_id))
        .filter(Column::Sequence.gt(after))
        .order_by_asc(Column::Sequence)
        .limit(BATCH)
        .all(db)
        .await
        .db()?;
    rows.into_iter().map(StoredEvent::try_from).collect()
}

/// All stored events of the owner's turn.
pub async fn list_all_events(
    db: &impl ConnectionTrait,
    owner: &Owner,
    turn_id: Uuid,
) -> Result<Vec<StoredEvent>, Error> {
    let mut all: Vec<StoredEvent> = Vec::new();
    loop {
        let after = all.last().map_or(0, |last| last.sequence);
        let next = list_events(db, owner, turn_id, after).await?;
        if next.is_empty() {
            return Ok(all);
        }
        all.extend(next);
    }
}

/// Whether exactly these events are stored from the sequence number `first` on.
pub(super) async fn are_events_stored(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    turn_id: Uuid,
    first: i64,
    events: &[TurnEvent],
) -> Result<bool, Error> {
    let stored = list_events(tx, owner, turn_id, first - 1).await?;
    Ok(stored.iter().map(|stored| &stored.event).eq(events))
}

/// Stores events, the first with the sequence number `first`.
pub(super) async fn insert_events(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    turn_id: Uuid,
    first: i64,
    events: &[TurnEvent],
    now: Timestamp,
) -> Result<(), Error> {
    let mut rows = Vec::with_capacity(events.len());
    for (sequence, event) in (first..).zip(events) {
        rows.push(ActiveModel {
            owner: Set(owner.as_str().to_owned()),
            turn_id: Set(turn_id),
            sequence: Set(sequence),
            event_time: Set(now),
            event: Set(to_json(event)?),
        });
    }
    Entity::insert_many(rows).exec_without_returning(tx).await.db()?;
    Ok(())
}
