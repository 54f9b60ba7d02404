//! The journal of turns: everything that happens in a turn, in the order in which it happened. A worker
//! needs a [`Lease`] to write; once another worker has taken the turn over, its writes have no effect.

mod append;
mod finish;
mod lease;
mod start;

use std::time::Duration;

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _};
use tandem_auth::Owner;
use tandem_clock::{Clock, Timestamp};
use tandem_database::{Database, Db as _};
use tandem_error::Error;
use uuid::Uuid;

use super::entity::turn::{Column, Entity, is_running};
pub use append::JournalEntries;
pub use finish::{TurnEnd, TurnOutcome};
pub use lease::{Lease, LeaseStatus, TakenOver};
pub use start::{NewTurn, StartedTurn};
#[cfg(test)]
pub(super) use {finish::write_end, start::insert_turn};

/// Starts, records and ends turns.
#[derive(Clone)]
pub struct TurnJournal {
    db: Database,
    clock: Clock,
    lease_duration: Duration,
}

impl TurnJournal {
    /// Writes to `db`; `clock` provides the time of each entry. A lease that is not renewed expires
    /// after `lease_duration`, and another worker may take the turn over.
    #[must_use]
    pub fn new(db: Database, clock: Clock, lease_duration: Duration) -> Self {
        Self { db, clock, lease_duration }
    }

    /// Requests that the worker of a turn cancels it; no effect if the turn has ended.
    ///
    /// # Errors
    /// [`Error::DatabaseUnavailable`].
    pub async fn request_cancel(&self, owner: &Owner, turn_id: Uuid) -> Result<(), Error> {
        let owner = owner.clone();
        self.db.write(async move |tx| set_cancel_requested(tx, &owner, turn_id).await).await
    }

    /// The expiry of a lease that is taken or renewed now.
    fn lease_expiry(&self) -> Timestamp {
        self.clock.now() + self.lease_duration
    }
}

async fn set_cancel_requested(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    turn_id: Uuid,
) -> Result<(), Error> {
    Entity::update_many()
        .col_expr(Column::CancelRequested, Expr::value(true))
        .filter(Column::Id.eq(turn_id))
        .filter(Column::Owner.eq(owner.as_str()))
        .filter(is_running())
        .exec(tx)
        .await
        .db()?;
    Ok(())
}
