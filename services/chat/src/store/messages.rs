//! Queries on messages.

use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, Select,
};
use tandem_aip::{Direction, page};
use tandem_auth::Owner;
use tandem_database::Db as _;
use tandem_error::Error;
use uuid::Uuid;

use super::entity::message::{Column, Entity, Model, encode_role, row_from_message};
use super::search::index_message;
use crate::domain::{Message, Role};

/// One page of a list or of search results.
#[derive(Debug)]
pub struct MessagePage {
    pub messages: Vec<Message>,
    /// The position after which the next page starts; `None` on the last page. A sequence number in a
    /// list, a row id in search results.
    pub next: Option<i64>,
}

/// The owner's message `id`.
pub async fn find_message(
    db: &impl ConnectionTrait,
    owner: &Owner,
    id: Uuid,
) -> Result<Option<Message>, Error> {
    let row = Entity::find()
        .filter(Column::Id.eq(id))
        .filter(Column::Owner.eq(owner.as_str()))
        .one(db)
        .await
        .db()?;
    row.map(Message::try_from).transpose()
}

/// The messages of the owner's conversation after the sequence number `after`: `size` of them, or as
/// many as fit into one response.
pub async fn list_messages(
    db: &impl ConnectionTrait,
    owner: &Owner,
    conversation_id: Uuid,
    direction: Direction,
    after: Option<i64>,
    size: u32,
) -> Result<MessagePage, Error> {
    let query = select_message_page(owner, conversation_id, direction, after, size);
    let mut rows = query.all(db).await.db()?;
    let has_more = page::truncate_page(&mut rows, size, wire_size);
    let next = rows.last().filter(|_| has_more).map(|last| last.sequence);
    let messages = rows.into_iter().map(Message::try_from).collect::<Result<_, _>>()?;
    Ok(MessagePage { messages, next })
}

pub(super) fn select_message_page(
    owner: &Owner,
    conversation_id: Uuid,
    direction: Direction,
    after: Option<i64>,
    size: u32,
) -> Select<Entity> {
    let after_cursor = after.map(|after| match direction {
        Direction::Ascending => Column::Sequence.gt(after),
        Direction::Descending => Column::Sequence.lt(after),
    });
    let query = select_by_conversation(owner, conversation_id)
        .filter(Condition::all().add_option(after_cursor))
        // One extra row shows whether there is another page.
        .limit(u64::from(size) + 1);
    match direction {
        Direction::Ascending => query.order_by_asc(Column::Sequence),
        Direction::Descending => query.order_by_desc(Column::Sequence),
    }
}

/// The approximate encoded size of a message, in bytes.
pub(super) fn wire_size(row: &Model) -> usize {
    row.content.len() + row.metadata.to_string().len() + row.tool_calls.to_string().len()
}

/// The newest `count` messages of the owner's conversation before the sequence number `before`, or as
/// many as [`list_messages`] returns at once. Oldest first.
pub async fn newest_messages(
    db: &impl ConnectionTrait,
    owner: &Owner,
    conversation_id: Uuid,
    before: Option<i64>,
    count: u32,
) -> Result<Vec<Message>, Error> {
    let newest = Direction::Descending;
    let mut page = list_messages(db, owner, conversation_id, newest, before, count).await?;
    page.messages.reverse();
    Ok(page.messages)
}

/// The content of the conversation's first message, or `None` if an answer in it is complete.
pub(super) async fn find_unanswered_beginning(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    conversation_id: Uuid,
) -> Result<Option<String>, Error> {
    let answer = select_by_conversation(owner, conversation_id)
        .filter(Column::Role.eq(encode_role(Role::Assistant)))
        .filter(Column::Incomplete.eq(false))
        .order_by_asc(Column::Sequence);
    if answer.one(tx).await.db()?.is_some() {
        return Ok(None);
    }
    let first = select_by_conversation(owner, conversation_id).filter(Column::Sequence.eq(1));
    Ok(first.one(tx).await.db()?.map(|message| message.content))
}

fn select_by_conversation(owner: &Owner, conversation_id: Uuid) -> Select<Entity> {
    Entity::find()
        .filter(Column::Owner.eq(owner.as_str()))
        .filter(Column::ConversationId.eq(conversation_id))
}

/// Stores a new message and adds it to the search index.
pub(super) async fn insert_message(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    message: &Message,
) -> Result<(), Error> {
    Entity::insert(row_from_message(owner, message)?).exec_without_returning(tx).await.db()?;
    index_message(tx, owner, message).await
}
