//! Removing conversations for good, with everything in them. Many replicas may do this at once: each
//! conversation is removed by one of them.

use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};
use tandem_auth::Owner;
use tandem_clock::Timestamp;
use tandem_database::{Db as _, requests};
use tandem_error::Error;
use uuid::Uuid;

use super::Door;
use super::entity::conversation::{Column, Entity};

/// How many are looked for at a time.
const BATCH: u64 = 100;

impl Door {
    /// Removes conversations that were deleted before `since`, and request ids that are forgotten; says
    /// how many conversations.
    ///
    /// # Errors
    /// [`Error::DatabaseUnavailable`]; what was removed until then stays removed.
    pub async fn purge(&self, since: Timestamp) -> Result<usize, Error> {
        let mut purged = 0;
        loop {
            let due = due(self.db.reader(), since).await?;
            for (owner, id) in &due {
                let (owner, id) = (owner.clone(), *id);
                let remove = async move |tx: &_| remove(tx, &owner, id, since).await;
                purged += usize::from(self.db.write(remove).await?);
            }
            if due.is_empty() {
                break;
            }
        }
        let now = self.clock.now();
        let forget = || self.db.write(async move |tx| requests::delete_expired(tx, now).await);
        while forget().await? > 0 {}
        Ok(purged)
    }
}

/// Conversations, of anybody, that were deleted before `since`. For this job only; no caller sees these
/// rows.
async fn due(db: &impl ConnectionTrait, since: Timestamp) -> Result<Vec<(Owner, Uuid)>, Error> {
    let rows = Entity::find()
        .filter(Column::DeleteTime.lt(since))
        .order_by_asc(Column::DeleteTime)
        .limit(BATCH)
        .all(db)
        .await
        .db()?;
    Ok(rows.into_iter().map(|row| (Owner::from_row(row.owner), row.id)).collect())
}

/// Removes a conversation, if it is still there and still deleted: its messages, turns and events go
/// with it, and nothing of it is found any more. Says whether it did.
async fn remove(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    id: Uuid,
    since: Timestamp,
) -> Result<bool, Error> {
    let due = Condition::all()
        .add(Column::Id.eq(id))
        .add(Column::Owner.eq(owner.as_str()))
        .add(Column::DeleteTime.lt(since));
    Ok(Entity::delete_many().filter(due).exec(tx).await.db()?.rows_affected == 1)
}
