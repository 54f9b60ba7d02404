//! Purging deleted conversations with everything in them, a slice in each transaction, so that no other write
//! waits long. Any number of replicas may purge at once: each conversation is purged by one of them at a time.

use sea_orm::sea_query::{Expr, LockBehavior, LockType};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, Statement,
};
use tandem_auth::Owner;
use tandem_clock::Timestamp;
use tandem_database::Db as _;
use tandem_error::Error;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::ConversationWriter;
use super::entity::conversation::{Column, Entity};
use super::entity::turn;

/// How many conversations one query returns.
const BATCH: u64 = 100;

/// After this many conversations that could not be purged a run ends.
const MAX_FAILED: usize = 500;

/// The most rows of one table that a transaction deletes.
const SLICE: u64 = 200;

/// The most turns that a transaction deletes.
const TURNS: u64 = 20;

/// The deletion time of a conversation whose purge has begun: it comes first, and cannot be undeleted.
pub(super) const PURGE_BEGUN: Timestamp = Timestamp::UNIX_EPOCH;

/// The result of one transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SliceResult {
    /// There may be more of the conversation.
    Deleted,
    /// The conversation is gone.
    Purged,
    /// It is not due any more, or another replica purges it.
    Skipped,
}

impl ConversationWriter {
    /// Purges conversations that were deleted before `cutoff`, until `stop`. One that fails is logged and
    /// left to the next run. Returns the number of conversations.
    ///
    /// # Errors
    /// [`Error::DatabaseUnavailable`]; what was purged until then stays purged.
    pub async fn purge_deleted(
        &self,
        cutoff: Timestamp,
        stop: &CancellationToken,
    ) -> Result<usize, Error> {
        let (mut purged, mut failed) = (0, Vec::new());
        while failed.len() < MAX_FAILED {
            let due = list_due_for_purge(self.db.reader(), cutoff, &failed).await?;
            if due.is_empty() {
                break;
            }
            for (owner, id) in due {
                let is_purged = self.purge_conversation(&owner, id, cutoff, stop).await;
                if stop.is_cancelled() {
                    return Ok(purged + usize::from(is_purged.is_ok_and(|purged| purged)));
                }
                match is_purged {
                    Ok(true) => purged += 1,
                    Ok(false) => failed.push(id),
                    Err(error) => {
                        tracing::warn!(conversation.id = %id, %error, "purge failed");
                        failed.push(id);
                    }
                }
            }
        }
        Ok(purged)
    }

    /// Purges one conversation, until `stop`. Returns whether it is gone.
    async fn purge_conversation(
        &self,
        owner: &Owner,
        id: Uuid,
        cutoff: Timestamp,
        stop: &CancellationToken,
    ) -> Result<bool, Error> {
        while !stop.is_cancelled() {
            let owner = owner.clone();
            let slice = async move |tx: &_| delete_slice(tx, &owner, id, cutoff).await;
            match self.db.write(slice).await? {
                SliceResult::Deleted => {}
                SliceResult::Purged => return Ok(true),
                SliceResult::Skipped => return Ok(false),
            }
        }
        Ok(false)
    }
}

/// Conversations, of any owner, that were deleted before `cutoff`, but for those that failed. For this job
/// only; no caller sees these rows.
async fn list_due_for_purge(
    db: &impl ConnectionTrait,
    cutoff: Timestamp,
    failed: &[Uuid],
) -> Result<Vec<(Owner, Uuid)>, Error> {
    let others = (!failed.is_empty()).then(|| Column::Id.is_not_in(failed.iter().copied()));
    let rows = Entity::find()
        .filter(Column::DeleteTime.lt(cutoff))
        .filter(Condition::all().add_option(others))
        .order_by_asc(Column::DeleteTime)
        .limit(BATCH)
        .all(db)
        .await
        .db()?;
    Ok(rows.into_iter().map(|row| (Owner::from_row(row.owner), row.id)).collect())
}

/// Deletes the next rows of a conversation, and at last its own, if it is still due.
async fn delete_slice(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    id: Uuid,
    cutoff: Timestamp,
) -> Result<SliceResult, Error> {
    if !begin_purge(tx, owner, id, cutoff).await? {
        return Ok(SliceResult::Skipped);
    }
    if delete_messages(tx, owner, id).await? == SLICE {
        return Ok(SliceResult::Deleted);
    }
    if delete_turns(tx, owner, id).await? {
        return Ok(SliceResult::Deleted);
    }
    let row =
        Entity::delete_many().filter(Column::Id.eq(id)).filter(Column::Owner.eq(owner.as_str()));
    row.exec(tx).await.db()?;
    Ok(SliceResult::Purged)
}

/// Locks the conversation and marks it, if it is due and no other replica has locked it.
async fn begin_purge(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    id: Uuid,
    cutoff: Timestamp,
) -> Result<bool, Error> {
    let due = Condition::all()
        .add(Column::Id.eq(id))
        .add(Column::Owner.eq(owner.as_str()))
        .add(Column::DeleteTime.lt(cutoff));
    let lock =
        Entity::find().filter(due).lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    let Some(row) = lock.one(tx).await.db()? else { return Ok(false) };
    if row.delete_time != Some(PURGE_BEGUN) {
        Entity::update_many()
            .col_expr(Column::DeleteTime, Expr::value(PURGE_BEGUN))
            .filter(Column::Id.eq(id))
            .filter(Column::Owner.eq(owner.as_str()))
            .exec(tx)
            .await
            .db()?;
    }
    Ok(true)
}

/// Deletes the next turns with their journals. Returns whether there may be more.
async fn delete_turns(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    conversation_id: Uuid,
) -> Result<bool, Error> {
    let own = turn::Column::Owner.eq(owner.as_str());
    let turns = turn::Entity::find()
        .select_only()
        .column(turn::Column::Id)
        .filter(own.clone())
        .filter(turn::Column::ConversationId.eq(conversation_id))
        .limit(TURNS);
    let ids = turns.into_tuple::<Uuid>().all(tx).await.db()?;
    if ids.is_empty() {
        return Ok(false);
    }
    for (table, position) in [("turn_events", "sequence"), ("turn_steps", "number")] {
        if delete_journal(tx, owner, (table, position), &ids).await? == SLICE {
            return Ok(true);
        }
    }
    let turns = turn::Entity::delete_many().filter(own).filter(turn::Column::Id.is_in(ids));
    turns.exec(tx).await.db()?;
    Ok(true)
}

/// Deletes at most [`SLICE`] rows of the turns' journals. Returns how many.
async fn delete_journal(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    (table, position): (&str, &str),
    turns: &[Uuid],
) -> Result<u64, Error> {
    let listed = (2..2 + turns.len()).map(|number| format!("${number}")).collect::<Vec<_>>();
    let sql = format!(
        "DELETE FROM {table} WHERE (turn_id, {position}) IN (SELECT turn_id, {position} FROM {table} \
         WHERE owner = $1 AND turn_id IN ({}) LIMIT {SLICE})",
        listed.join(", ")
    );
    let values = [owner.as_str().into()].into_iter().chain(turns.iter().map(|&id| id.into()));
    let delete = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    Ok(tx.execute_raw(delete).await.db()?.rows_affected())
}

/// Deletes at most [`SLICE`] messages of the conversation; the schema removes them from the search index.
/// Returns how many.
async fn delete_messages(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    conversation_id: Uuid,
) -> Result<u64, Error> {
    let sql = format!(
        "DELETE FROM messages WHERE row_id IN (SELECT row_id FROM messages \
         WHERE owner = $1 AND conversation_id = $2 ORDER BY sequence LIMIT {SLICE})"
    );
    let values = [owner.as_str().into(), conversation_id.into()];
    let delete = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    Ok(tx.execute_raw(delete).await.db()?.rows_affected())
}
