//! Conversations.

use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, Select,
};
use tandem_auth::Owner;
use tandem_database::Db as _;
use tandem_error::Error;
use uuid::Uuid;

use super::entity::conversation::{self, Column, Entity, row};
use crate::domain::Conversation;

/// A page of conversations.
#[derive(Debug)]
pub struct ConversationPage {
    /// The conversations, the newest first.
    pub conversations: Vec<Conversation>,
    /// The last one's id, where another page follows.
    pub next: Option<Uuid>,
}

/// The owner's conversation `id`, deleted or not.
pub async fn find_conversation(
    db: &impl ConnectionTrait,
    owner: &Owner,
    id: Uuid,
) -> Result<Option<Conversation>, Error> {
    Ok(by_id(owner, id).one(db).await.db()?.map(Conversation::from))
}

/// The same, locked until the transaction ends.
pub(super) async fn lock(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    id: Uuid,
) -> Result<Conversation, Error> {
    let row = by_id(owner, id).lock_exclusive().one(tx).await.db()?;
    row.map(Conversation::from).ok_or(Error::Denied)
}

fn by_id(owner: &Owner, id: Uuid) -> Select<Entity> {
    Entity::find().filter(Column::Id.eq(id)).filter(Column::Owner.eq(owner.as_str()))
}

/// The owner's conversations behind the one with the id `after`, at most `size` of them.
pub async fn list_conversations(
    db: &impl ConnectionTrait,
    owner: &Owner,
    show_deleted: bool,
    after: Option<Uuid>,
    size: u32,
) -> Result<ConversationPage, Error> {
    let query = page_of_conversations(owner, show_deleted, after, size);
    let mut rows = query.all(db).await.db()?;
    let more = rows.len() > size as usize;
    rows.truncate(size as usize);
    let next = rows.last().filter(|_| more).map(|last| last.id);
    Ok(ConversationPage { conversations: rows.into_iter().map(Into::into).collect(), next })
}

pub(super) fn page_of_conversations(
    owner: &Owner,
    show_deleted: bool,
    after: Option<Uuid>,
    size: u32,
) -> Select<Entity> {
    let live = (!show_deleted).then(|| Column::DeleteTime.is_null());
    Entity::find()
        .filter(Column::Owner.eq(owner.as_str()))
        .filter(Condition::all().add_option(live).add_option(after.map(|id| Column::Id.lt(id))))
        .order_by_desc(Column::Id)
        // One more than wanted tells whether there is another page.
        .limit(u64::from(size) + 1)
}

pub(super) async fn insert(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    conversation: &Conversation,
) -> Result<(), Error> {
    Entity::insert(row(owner, conversation)).exec_without_returning(tx).await.db()?;
    Ok(())
}

/// Stores a conversation that was locked.
pub(super) async fn update(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    conversation: &Conversation,
) -> Result<(), Error> {
    conversation::Entity::update_many()
        .set(row(owner, conversation))
        .filter(Column::Id.eq(conversation.id))
        .filter(Column::Owner.eq(owner.as_str()))
        .exec(tx)
        .await
        .db()?;
    Ok(())
}
