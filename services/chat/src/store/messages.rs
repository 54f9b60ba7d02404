//! Queries on messages.

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbBackend, EntityTrait as _, FromQueryResult as _,
    QueryFilter as _, QueryOrder as _, Select, Statement,
};
use tandem_aip::Direction;
use tandem_aip::page::PageLimits;
use tandem_auth::Owner;
use tandem_database::{Db as _, WithinBytes, json_bytes};
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

/// The messages of the owner's conversation after the sequence number `after`, as many as the limits admit.
pub async fn list_messages(
    db: &impl ConnectionTrait,
    owner: &Owner,
    conversation_id: Uuid,
    direction: Direction,
    after: Option<i64>,
    limits: PageLimits,
) -> Result<MessagePage, Error> {
    let backend = db.get_database_backend();
    let candidates =
        select_candidates(backend, owner, conversation_id, direction, after, limits.items);
    let row = "messages.owner = $1 AND messages.conversation_id = $2 \
               AND messages.sequence = page.row_key";
    let order = PageOrder { direction, row, position: |message| message.sequence };
    read_page(db, candidates, order, limits).await?.into_page()
}

/// The keys and lengths of a page's messages, and of one more.
pub(super) fn select_candidates(
    backend: DbBackend,
    owner: &Owner,
    conversation_id: Uuid,
    direction: Direction,
    after: Option<i64>,
    size: u32,
) -> Statement {
    let (comparison, start) = match direction {
        Direction::Ascending => (">", i64::MIN),
        Direction::Descending => ("<", i64::MAX),
    };
    let sql = format!(
        "SELECT sequence AS row_key, {} AS row_bytes FROM messages \
         WHERE owner = $1 AND conversation_id = $2 AND sequence {comparison} $3 \
         ORDER BY sequence {} LIMIT {}",
        message_bytes(backend),
        sql_order(direction),
        // One extra row shows whether there is another page.
        u64::from(size) + 1
    );
    let after = after.unwrap_or(start);
    let values = [owner.as_str().into(), conversation_id.into(), after.into()];
    Statement::from_sql_and_values(backend, sql, values)
}

/// The approximate encoded size of a message, in bytes.
pub(super) fn message_bytes(backend: DbBackend) -> String {
    let (metadata, calls) =
        (json_bytes(backend, "messages.metadata"), json_bytes(backend, "messages.tool_calls"));
    format!("octet_length(messages.content) + {metadata} + {calls}")
}

/// The order of a page.
#[derive(Clone, Copy)]
pub(super) struct PageOrder {
    pub(super) direction: Direction,
    /// Identifies a message by `page.row_key`, the key of a candidate.
    pub(super) row: &'static str,
    /// The key of a message.
    pub(super) position: fn(&Model) -> i64,
}

/// The rows of a page, in order.
pub(super) struct PageRows {
    rows: Vec<Model>,
    order: PageOrder,
    pub(super) has_more: bool,
}

/// Reads the messages that `candidates` selects (see [`WithinBytes`]), as many as the limits admit.
pub(super) async fn read_page(
    db: &impl ConnectionTrait,
    candidates: Statement,
    order: PageOrder,
    limits: PageLimits,
) -> Result<PageRows, Error> {
    let backend = db.get_database_backend();
    let PageOrder { direction, row, position } = order;
    let sql = WithinBytes {
        table: "messages",
        candidates: &candidates.sql,
        order: sql_order(direction),
        row,
        max_bytes: limits.bytes,
    };
    let values = candidates.values.into_iter().flat_map(|values| values.0);
    let select = Statement::from_sql_and_values(backend, sql.select(backend), values);
    let found = db.query_all_raw(select).await.db()?;
    let count = found.first().map_or(Ok(0), |row| row.try_get::<i64>("", "row_count")).db()?;
    let rows = found.iter().map(|row| Model::from_query_result(row, ""));
    let mut rows = rows.collect::<Result<Vec<_>, _>>().db()?;
    rows.sort_by_key(position);
    if direction == Direction::Descending {
        rows.reverse();
    }
    rows.truncate(limits.items as usize);
    let has_more = count > i64::try_from(rows.len()).map_err(Error::internal)?;
    Ok(PageRows { rows, order, has_more })
}

fn sql_order(direction: Direction) -> &'static str {
    match direction {
        Direction::Ascending => "ASC",
        Direction::Descending => "DESC",
    }
}

impl PageRows {
    pub(super) fn into_page(self) -> Result<MessagePage, Error> {
        let next = self.rows.last().filter(|_| self.has_more).map(self.order.position);
        let messages = self.rows.into_iter().map(Message::try_from).collect::<Result<_, _>>()?;
        Ok(MessagePage { messages, next })
    }
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
    let limits = PageLimits::items(count);
    let mut page = list_messages(db, owner, conversation_id, newest, before, limits).await?;
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
