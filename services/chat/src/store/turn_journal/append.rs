//! Appending entries to the journal of a running turn.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _};
use tandem_auth::Owner;
use tandem_clock::Timestamp;
use tandem_database::Db as _;
use tandem_error::Error;

use super::TurnJournal;
use super::lease::{Lease, update_leased_turn};
use crate::domain::{ModelResponse, TurnEvent};
use crate::store::entity::turn::{Column, Entity, is_running};
use crate::store::events::{are_events_stored, insert_events};
use crate::store::model_responses::insert_model_response;

#[derive(Debug, Clone)]
pub struct JournalEntries {
    /// The sequence number of the first event.
    pub first_sequence: i64,
    pub events: Vec<TurnEvent>,
    /// The model response whose first tool call these events start, with its number in the turn (from 1).
    pub response: Option<(usize, ModelResponse)>,
}

/// The result of appending events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AppendResult {
    Written,
    /// An earlier attempt wrote them, but its result did not arrive.
    AlreadyWritten,
    /// The lease is lost; nothing is written.
    LeaseLost,
}

impl TurnJournal {
    /// Appends entries. Returns `false`, and writes nothing, if the lease is lost.
    ///
    /// # Errors
    /// [`Error::DatabaseUnavailable`].
    pub async fn append_entries(
        &self,
        owner: &Owner,
        lease: Lease,
        entries: JournalEntries,
    ) -> Result<bool, Error> {
        let (owner, now) = (owner.clone(), self.clock.now());
        self.db
            .write(async move |tx| {
                let result = append_events(tx, &owner, lease, &entries, now).await?;
                if result == AppendResult::Written
                    && let Some((number, response)) = &entries.response
                {
                    insert_model_response(tx, &owner, lease.turn_id, *number, response).await?;
                }
                Ok(result != AppendResult::LeaseLost)
            })
            .await
    }
}

async fn append_events(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    lease: Lease,
    entries: &JournalEntries,
    now: Timestamp,
) -> Result<AppendResult, Error> {
    let (first, events) = (entries.first_sequence, &entries.events);
    let last = first + i64::try_from(events.len()).unwrap_or(i64::MAX) - 1;
    // The lease is renewed elsewhere: this update touches no indexed column (HOT on PostgreSQL).
    let update = update_leased_turn(owner, lease)
        .filter(Column::LastSequence.eq(first - 1))
        .col_expr(Column::LastSequence, Expr::value(last));
    if update.exec(tx).await.db()?.rows_affected == 1 {
        insert_events(tx, owner, lease.turn_id, first, events, now).await?;
        return Ok(AppendResult::Written);
    }
    let is_stored = is_last_event(tx, owner, lease, last).await?
        && are_events_stored(tx, owner, lease.turn_id, first, events).await?;
    Ok(if is_stored { AppendResult::AlreadyWritten } else { AppendResult::LeaseLost })
}

/// Whether the lease is held and `last` is the sequence number of the newest event.
async fn is_last_event(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    lease: Lease,
    last: i64,
) -> Result<bool, Error> {
    let turn = Entity::find()
        .filter(Column::Id.eq(lease.turn_id))
        .filter(Column::Owner.eq(owner.as_str()))
        .filter(Column::Lease.eq(lease.number))
        .filter(is_running())
        .filter(Column::LastSequence.eq(last));
    Ok(turn.one(tx).await.db()?.is_some())
}
