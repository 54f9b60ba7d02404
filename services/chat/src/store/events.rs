//! The events of turns.

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Set,
};
use tandem_auth::Owner;
use tandem_clock::Timestamp;
use tandem_database::Db as _;
use tandem_error::Error;
use uuid::Uuid;

use super::entity::turn_event::{ActiveModel, Column, Entity};
use super::entity::{from_json, json};
use crate::domain::Event;

/// How many events are read at a time.
const BATCH: u64 = 256;

/// An event with its place in the turn.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredEvent {
    /// 1, 2, 3… within the turn.
    pub sequence: i64,
    /// When it happened.
    pub time: Timestamp,
    /// What happened.
    pub event: Event,
}

/// The next events of the owner's turn behind the sequence number `after`, at most 256; none where there
/// are none yet.
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
    let event = |row: super::entity::turn_event::Model| {
        Ok(StoredEvent {
            sequence: row.sequence,
            time: row.event_time,
            event: from_json(row.event)?,
        })
    };
    rows.into_iter().map(event).collect()
}

/// Every event of the owner's turn so far.
pub async fn all_events(
    db: &impl ConnectionTrait,
    owner: &Owner,
    turn_id: Uuid,
) -> Result<Vec<StoredEvent>, Error> {
    let mut all: Vec<StoredEvent> = Vec::new();
    loop {
        let after = all.last().map_or(0, |last| last.sequence);
        let more = list_events(db, owner, turn_id, after).await?;
        if more.is_empty() {
            return Ok(all);
        }
        all.extend(more);
    }
}

/// Whether these very events are stored, the first with the sequence number `first`.
pub(super) async fn are_stored(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    turn_id: Uuid,
    first: i64,
    events: &[Event],
) -> Result<bool, Error> {
    let stored = list_events(tx, owner, turn_id, first - 1).await?;
    Ok(stored.iter().map(|stored| &stored.event).eq(events))
}

/// Stores events, the first with the sequence number `first`.
pub(super) async fn insert(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    turn_id: Uuid,
    first: i64,
    events: &[Event],
    now: Timestamp,
) -> Result<(), Error> {
    let row = |(sequence, event): (i64, &Event)| {
        Ok(ActiveModel {
            owner: Set(owner.as_str().to_owned()),
            turn_id: Set(turn_id),
            sequence: Set(sequence),
            event_time: Set(now),
            event: Set(json(event)?),
        })
    };
    let rows = (first..).zip(events).map(row).collect::<Result<Vec<_>, Error>>()?;
    Entity::insert_many(rows).exec_without_returning(tx).await.db()?;
    Ok(())
}
