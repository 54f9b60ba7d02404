//! Queries on conversations.

use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _,
    Iterable as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Select,
};
use tandem_auth::Owner;
use tandem_database::Db as _;
use tandem_error::Error;
use uuid::Uuid;

use super::entity::conversation::{self, Column, Entity, row_from_conversation};
use crate::domain::Conversation;

/// One page of a list of conversations.
#[derive(Debug)]
pub struct ConversationPage {
    /// Newest first.
    pub conversations: Vec<Conversation>,
    /// The id after which the next page starts; `None` on the last page.
    pub next: Option<Uuid>,
}

/// The owner's conversation `id`, deleted or not.
pub async fn find_conversation(
    db: &impl ConnectionTrait,
    owner: &Owner,
    id: Uuid,
) -> Result<Option<Conversation>, Error> {
    Ok(select_by_id(owner, id).one(db).await.db()?.map(Conversation::from))
}

/// The owner's conversation `id`, locked until the end of the transaction.
pub(super) async fn lock_conversation(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    id: Uuid,
) -> Result<Conversation, Error> {
    let row = select_by_id(owner, id).lock_exclusive().one(tx).await.db()?;
    row.map(Conversation::from).ok_or(Error::Denied)
}

fn select_by_id(owner: &Owner, id: Uuid) -> Select<Entity> {
    Entity::find().filter(Column::Id.eq(id)).filter(Column::Owner.eq(owner.as_str()))
}

/// At most `size` of the owner's conversations after the one with the id `after`.
pub async fn list_conversations(
    db: &impl ConnectionTrait,
    owner: &Owner,
    show_deleted: bool,
    after: Option<Uuid>,
    size: u32,
) -> Result<ConversationPage, Error> {
    let query = select_conversation_page(owner, show_deleted, after, size);
    let mut rows = query.all(db).await.db()?;
    let has_more = rows.len() > size as usize;
    rows.truncate(size as usize);
    let next = rows.last().filter(|_| has_more).map(|last| last.id);
    Ok(ConversationPage { conversations: rows.into_iter().map(Into::into).collect(), next })
}

pub(super) fn select_conversation_page(
    owner: &Owner,
    show_deleted: bool,
    after: Option<Uuid>,
    size: u32,
) -> Select<Entity> {
    let not_deleted = (!show_deleted).then(|| Column::DeleteTime.is_null());
    let after_cursor = after.map(|id| Column::Id.lt(id));
    Entity::find()
        .filter(Column::Owner.eq(owner.as_str()))
        .filter(Condition::all().add_option(not_deleted).add_option(after_cursor))
        .order_by_desc(Column::Id)
        // One extra row shows whether there is another page.
        .limit(u64::from(size) + 1)
}

pub(super) async fn insert_conversation(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    conversation: &Conversation,
) -> Result<(), Error> {
    let row = row_from_conversation(owner, conversation);
    Entity::insert(row).exec_without_returning(tx).await.db()?;
    Ok(())
}

/// Stores the difference between `before`, which the transaction has locked, and `after`.
pub(super) async fn update_conversation(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    before: &Conversation,
    after: &Conversation,
) -> Result<(), Error> {
    conversation::Entity::update_many()
        .set(changed_columns(owner, before, after))
        .filter(Column::Id.eq(after.id))
        .filter(Column::Owner.eq(owner.as_str()))
        .exec(tx)
        .await
        .db()?;
    Ok(())
}

/// The columns that differ. SQLite scans all rows that refer to a key that an update sets, equal or not.
fn changed_columns(
    owner: &Owner,
    before: &Conversation,
    after: &Conversation,
) -> conversation::ActiveModel {
    let before = row_from_conversation(owner, before);
    let mut changed = row_from_conversation(owner, after);
    for column in Column::iter() {
        if changed.get(column) == before.get(column) {
            changed.not_set(column);
        }
    }
    changed
}
