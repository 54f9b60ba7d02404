//! Queries on the events of turns.

use sea_orm::{ConnectionTrait, EntityTrait as _, FromQueryResult as _, Set, Statement};
use tandem_auth::Owner;
use tandem_clock::Timestamp;
use tandem_database::{Db as _, WithinBytes, json_bytes};
use tandem_error::Error;
use uuid::Uuid;

use super::entity::turn_event::{ActiveModel, Entity, Model};
use super::entity::{from_json, to_json};
use crate::domain::TurnEvent;

/// How many events one query returns.
const BATCH: u64 = 256;

/// No limit of bytes: the events are needed together.
const ALL: usize = i64::MAX as usize;

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

/// The events of the owner's turn after the sequence number `after`: at most 256, until they have
/// `max_bytes` together; empty if there are none yet.
pub async fn list_events(
    db: &impl ConnectionTrait,
    owner: &Owner,
    turn_id: Uuid,
    after: i64,
    max_bytes: usize,
) -> Result<Vec<StoredEvent>, Error> {
    let backend = db.get_database_backend();
    let bytes = json_bytes(backend, "event");
    let candidates = format!(
        "SELECT sequence AS row_key, {bytes} AS row_bytes FROM turn_events \
         WHERE owner = $1 AND turn_id = $2 AND sequence > $3 ORDER BY sequence LIMIT {BATCH}"
    );
    let row = "turn_events.turn_id = $2 AND turn_events.sequence = page.row_key";
    let (table, candidates, order) = ("turn_events", candidates.as_str(), "ASC");
    let sql = WithinBytes { table, candidates, order, row, max_bytes }.select(backend);
    let values = [owner.as_str().into(), turn_id.into(), after.into()];
    let select = Statement::from_sql_and_values(backend, sql, values);
    let mut rows = Model::find_by_statement(select).all(db).await.db()?;
    rows.sort_by_key(|row| row.sequence);
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
        let next = list_events(db, owner, turn_id, after, ALL).await?;
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
    let stored = list_events(tx, owner, turn_id, first - 1, ALL).await?;
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
