//! Messages.

use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, Select,
};
use tandem_aip::{Direction, page};
use tandem_auth::Owner;
use tandem_database::Db as _;
use tandem_error::Error;
use uuid::Uuid;

use super::entity::message::{ASSISTANT, Column, Entity, Model, row};
use super::search;
use crate::domain::Message;

/// A page of messages.
#[derive(Debug)]
pub struct MessagePage {
    /// The messages, in order.
    pub messages: Vec<Message>,
    /// What another page begins behind, where one follows: the last one's sequence number in a list, its
    /// place among all messages in a search.
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

/// The messages of the owner's conversation behind the sequence number `after`: `size` of them, or as
/// many as fit into a message of the wire.
pub async fn list_messages(
    db: &impl ConnectionTrait,
    owner: &Owner,
    conversation_id: Uuid,
    direction: Direction,
    after: Option<i64>,
    size: u32,
) -> Result<MessagePage, Error> {
    let query = page_of_messages(owner, conversation_id, direction, after, size);
    let mut rows = query.all(db).await.db()?;
    let more = page::truncate_page(&mut rows, size, bytes);
    let next = rows.last().filter(|_| more).map(|last| last.sequence);
    let messages = rows.into_iter().map(Message::try_from).collect::<Result<_, _>>()?;
    Ok(MessagePage { messages, next })
}

pub(super) fn page_of_messages(
    owner: &Owner,
    conversation_id: Uuid,
    direction: Direction,
    after: Option<i64>,
    size: u32,
) -> Select<Entity> {
    let behind = after.map(|after| match direction {
        Direction::Ascending => Column::Sequence.gt(after),
        Direction::Descending => Column::Sequence.lt(after),
    });
    let query = of_conversation(owner, conversation_id)
        .filter(Condition::all().add_option(behind))
        // One more than wanted tells whether there is another page.
        .limit(u64::from(size) + 1);
    match direction {
        Direction::Ascending => query.order_by_asc(Column::Sequence),
        Direction::Descending => query.order_by_desc(Column::Sequence),
    }
}

/// About how long a message is on the wire.
pub(super) fn bytes(row: &Model) -> usize {
    row.content.len() + row.metadata.to_string().len() + row.tool_calls.to_string().len()
}

/// The newest `count` messages of the owner's conversation before the sequence number `before`, or as
/// many as [`list_messages`] answers at once, the oldest of them first.
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

/// What the owner's conversation begins with, as long as no answer in it is complete.
pub(super) async fn unanswered_beginning(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    conversation_id: Uuid,
) -> Result<Option<String>, Error> {
    let answer = of_conversation(owner, conversation_id)
        .filter(Column::Role.eq(ASSISTANT))
        .filter(Column::Incomplete.eq(false))
        .order_by_asc(Column::Sequence);
    if answer.one(tx).await.db()?.is_some() {
        return Ok(None);
    }
    let first = of_conversation(owner, conversation_id).filter(Column::Sequence.eq(1));
    Ok(first.one(tx).await.db()?.map(|message| message.content))
}

fn of_conversation(owner: &Owner, conversation_id: Uuid) -> Select<Entity> {
    Entity::find()
        .filter(Column::Owner.eq(owner.as_str()))
        .filter(Column::ConversationId.eq(conversation_id))
}

/// Stores a new message, and what it is found by.
pub(super) async fn insert(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    message: &Message,
) -> Result<(), Error> {
    Entity::insert(row(owner, message)?).exec_without_returning(tx).await.db()?;
    search::insert(tx, owner, message).await
}
