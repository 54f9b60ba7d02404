//! Leases: the right to work on a turn, which one worker at a time holds.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, UpdateMany};
use tandem_auth::Owner;
use tandem_clock::Timestamp;
use tandem_database::Db as _;
use tandem_error::Error;
use uuid::Uuid;

use super::TurnJournal;
use crate::store::entity::turn::{Column, Entity, is_running};

/// The right to work on a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    pub turn_id: Uuid,
    /// Fencing number: grows with each takeover, and every write names it.
    pub number: i64,
}

impl Lease {
    /// The lease number of the worker that starts a turn.
    pub const FIRST: i64 = 1;
}

/// A turn that was taken over from another worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TakenOver {
    pub lease: Lease,
    /// The start of the turn.
    pub created: Timestamp,
    /// The user has requested the cancellation.
    pub cancel_requested: bool,
}

/// The result of a renewal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeaseStatus {
    Held,
    /// Held, and the user has requested the cancellation of the turn.
    CancelRequested,
    /// Another worker has the lease, or the turn has ended.
    Lost,
}

impl TurnJournal {
    /// Extends a lease.
    ///
    /// # Errors
    /// [`Error::DatabaseUnavailable`].
    pub async fn renew_lease(&self, owner: &Owner, lease: Lease) -> Result<LeaseStatus, Error> {
        let (owner, expiry) = (owner.clone(), self.lease_expiry());
        self.db.write(async move |tx| set_lease_expiry(tx, &owner, lease, expiry).await).await
    }

    /// Releases a lease, so that another worker can take the turn over at once. Returns `false` if the
    /// lease is lost.
    ///
    /// # Errors
    /// [`Error::DatabaseUnavailable`].
    pub async fn release_lease(&self, owner: &Owner, lease: Lease) -> Result<bool, Error> {
        let owner = owner.clone();
        let status = self
            .db
            .write(async move |tx| set_lease_expiry(tx, &owner, lease, Timestamp::UNIX_EPOCH).await)
            .await?;
        Ok(status != LeaseStatus::Lost)
    }

    /// Takes over a turn whose lease has expired. Returns `None` if it was renewed, the turn has ended,
    /// or another worker was faster.
    ///
    /// # Errors
    /// [`Error::DatabaseUnavailable`].
    pub async fn take_over(
        &self,
        owner: &Owner,
        expired: Lease,
    ) -> Result<Option<TakenOver>, Error> {
        let (owner, now, expiry) = (owner.clone(), self.clock.now(), self.lease_expiry());
        self.db
            .write(async move |tx| take_expired_lease(tx, &owner, expired, (now, expiry)).await)
            .await
    }
}

async fn set_lease_expiry(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    lease: Lease,
    expiry: Timestamp,
) -> Result<LeaseStatus, Error> {
    let update =
        update_leased_turn(owner, lease).col_expr(Column::LeaseExpireTime, Expr::value(expiry));
    let rows = update.exec_with_returning(tx).await.db()?;
    Ok(match rows.first() {
        None => LeaseStatus::Lost,
        Some(turn) if turn.cancel_requested => LeaseStatus::CancelRequested,
        Some(_) => LeaseStatus::Held,
    })
}

async fn take_expired_lease(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    expired: Lease,
    (now, expiry): (Timestamp, Timestamp),
) -> Result<Option<TakenOver>, Error> {
    let number = expired.number + 1;
    let update = update_leased_turn(owner, expired)
        .filter(Column::LeaseExpireTime.lt(now))
        .col_expr(Column::Lease, Expr::value(number))
        .col_expr(Column::LeaseExpireTime, Expr::value(expiry));
    let rows = update.exec_with_returning(tx).await.db()?;
    Ok(rows.first().map(|turn| TakenOver {
        lease: Lease { number, ..expired },
        created: turn.create_time,
        cancel_requested: turn.cancel_requested,
    }))
}

/// An update of the row that a worker may write: its turn, while it runs and the worker holds the lease.
pub(super) fn update_leased_turn(owner: &Owner, lease: Lease) -> UpdateMany<Entity> {
    Entity::update_many()
        .filter(Column::Id.eq(lease.turn_id))
        .filter(Column::Owner.eq(owner.as_str()))
        .filter(Column::Lease.eq(lease.number))
        .filter(is_running())
}
