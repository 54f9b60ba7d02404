//! Purging deleted conversations with everything in them. Any number of replicas may purge at once:
//! each conversation is purged by one of them.

use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};
use tandem_auth::Owner;
use tandem_clock::Timestamp;
use tandem_database::{Db as _, requests};
use tandem_error::Error;
use uuid::Uuid;

use super::ConversationWriter;
use super::entity::conversation::{Column, Entity};

/// How many conversations one query returns.
const BATCH: u64 = 100;

impl ConversationWriter {
    /// Purges conversations that were deleted before `cutoff`, and expired request ids. Returns the
    /// number of conversations.
    ///
    /// # Errors
    /// [`Error::DatabaseUnavailable`]; conversations purged until then stay purged.
    pub async fn purge_deleted(&self, cutoff: Timestamp) -> Result<usize, Error> {
        let mut purged = 0;
        loop {
            let due = list_due_for_purge(self.db.reader(), cutoff).await?;
            if due.is_empty() {
                break;
            }
            for (owner, id) in due {
                let purge = async move |tx: &_| purge_conversation(tx, &owner, id, cutoff).await;
                purged += usize::from(self.db.write(purge).await?);
            }
        }
        let now = self.clock.now();
        while self.db.write(async move |tx| requests::delete_expired(tx, now).await).await? > 0 {}
        Ok(purged)
    }
}

/// Conversations, of any owner, that were deleted before `cutoff`. For this job only; no caller sees
/// these rows.
async fn list_due_for_purge(
    db: &impl ConnectionTrait,
    cutoff: Timestamp,
) -> Result<Vec<(Owner, Uuid)>, Error> {
    let rows = Entity::find()
        .filter(Column::DeleteTime.lt(cutoff))
        .order_by_asc(Column::DeleteTime)
        .limit(BATCH)
        .all(db)
        .await
        .db()?;
    Ok(rows.into_iter().map(|row| (Owner::from_row(row.owner), row.id)).collect())
}

/// Deletes the row if it still exists and is still due; the schema cascades to messages, turns, events
/// and the search index. Returns whether it did.
async fn purge_conversation(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    id: Uuid,
    cutoff: Timestamp,
) -> Result<bool, Error> {
    let due = Condition::all()
        .add(Column::Id.eq(id))
        .add(Column::Owner.eq(owner.as_str()))
        .add(Column::DeleteTime.lt(cutoff));
    Ok(Entity::delete_many().filter(due).exec(tx).await.db()?.rows_affected == 1)
}
