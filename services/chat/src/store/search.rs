//! The search index: the words of each message, on either database. Rows leave it with their message:
//! the schema sees to that.

use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult as _, Statement, Value};
use tandem_aip::page;
use tandem_auth::Owner;
use tandem_database::Db as _;
use tandem_error::Error;
use tandem_text_search::IndexKey;
use uuid::Uuid;

use super::entity::message::Model;
use super::messages::{MessagePage, bytes};
use crate::domain::Message;

/// What is looked for.
#[derive(Debug, Clone)]
pub struct Sought {
    /// Words, as [`tandem_text_search::split_words`] gives them, at least one: a message has to hold, for each, one
    /// that begins with it.
    pub words: Vec<String>,
    /// Only in this conversation.
    pub conversation_id: Option<Uuid>,
}

/// Adds a new message to the index.
pub(super) async fn insert(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    message: &Message,
) -> Result<(), Error> {
    let mut terms = IndexKey::of_owner(owner.as_str()).index_terms(&message.content);
    terms.push(conversation_term(message.conversation_id));
    let backend = tx.get_database_backend();
    let (sql, terms): (_, Value) = match backend {
        DbBackend::Postgres => (
            "INSERT INTO message_search (row_id, words) \
             SELECT row_id, array_to_tsvector($2) FROM messages WHERE id = $1",
            terms.into(),
        ),
        _ => (
            "INSERT INTO message_search (rowid, words) SELECT row_id, $2 FROM messages WHERE id = $1",
            terms.join(" ").into(),
        ),
    };
    let insert = Statement::from_sql_and_values(backend, sql, [message.id.into(), terms]);
    tx.execute_raw(insert).await.db()?;
    Ok(())
}

/// The owner's messages that have what is sought, of conversations that are not deleted, the newest
/// first, behind `after`: `size` of them, or as many as fit into a message of the wire.
pub async fn search_messages(
    db: &impl ConnectionTrait,
    owner: &Owner,
    sought: &Sought,
    after: Option<i64>,
    size: u32,
) -> Result<MessagePage, Error> {
    let mut rows = match db.get_database_backend() {
        DbBackend::Postgres => find_on_postgres(db, owner, sought, after, size).await?,
        backend => {
            let terms = sqlite_terms(owner, sought);
            let select = select(backend, SQLITE, owner, terms, after, size);
            Model::find_by_statement(select).all(db).await.db()?
        }
    };
    let more = page::cut(&mut rows, size, bytes);
    let next = rows.last().filter(|_| more).map(|last| last.row_id);
    let messages = rows.into_iter().map(Message::try_from).collect::<Result<_, _>>()?;
    Ok(MessagePage { messages, next })
}

/// GIN gives all that match at once, in no order. Where many messages match, a page of them is among
/// the newest ones: those are looked at first.
async fn find_on_postgres(
    db: &impl ConnectionTrait,
    owner: &Owner,
    sought: &Sought,
    after: Option<i64>,
    size: u32,
) -> Result<Vec<Model>, Error> {
    let backend = DbBackend::Postgres;
    let terms = postgres_terms(owner, sought);
    if sought.conversation_id.is_none() {
        let select = select(backend, POSTGRES_NEWEST, owner, terms.clone(), after, size);
        let rows = Model::find_by_statement(select).all(db).await.db()?;
        if rows.len() > size as usize {
            return Ok(rows);
        }
    }
    let select = select(backend, POSTGRES, owner, terms, after, size);
    Model::find_by_statement(select).all(db).await.db()
}

/// FTS5 gives what matches in the order of the rows, one after the other. `CROSS JOIN` tells SQLite to
/// begin with it.
pub(super) const SQLITE: &str = "SELECT messages.* FROM message_search CROSS JOIN messages CROSS JOIN conversations \
     WHERE message_search MATCH $1 AND message_search.rowid < $2 \
     AND messages.row_id = message_search.rowid AND messages.owner = $3 \
     AND conversations.id = messages.conversation_id AND conversations.delete_time IS NULL \
     ORDER BY message_search.rowid DESC LIMIT $4";

/// What the newest 1000 messages of the owner behind the position hold. Compared and ordered as pairs, so
/// that only the index by owner will do, and not that of all messages in their order; OFFSET 0 keeps the
/// planner from reading the index of words instead.
pub(super) const POSTGRES_NEWEST: &str = "SELECT kept.* FROM ( \
         SELECT owner, row_id FROM messages \
         WHERE (owner, row_id) < ($3, $2) AND (owner, row_id) > ($3, 0) \
         ORDER BY owner DESC, row_id DESC LIMIT 1000) AS newest \
     CROSS JOIN LATERAL ( \
         SELECT 1 FROM message_search \
         WHERE row_id = newest.row_id AND words @@ $1::tsquery OFFSET 0) AS found \
     CROSS JOIN LATERAL ( \
         SELECT messages.* FROM messages \
         JOIN conversations ON conversations.id = messages.conversation_id \
         WHERE messages.row_id = newest.row_id AND messages.owner = $3 \
         AND conversations.delete_time IS NULL OFFSET 0) AS kept \
     ORDER BY newest.owner DESC, newest.row_id DESC LIMIT $4";

/// What all of them hold. The index is read first, what it gives is put in order, and of that no more is
/// looked at than the page takes: MATERIALIZED and OFFSET 0 keep the planner from another order, in
/// which it walks through all messages until enough have matched.
pub(super) const POSTGRES: &str = "WITH found AS MATERIALIZED ( \
         SELECT row_id FROM message_search WHERE words @@ $1::tsquery AND row_id < $2) \
     SELECT kept.* FROM (SELECT row_id FROM found ORDER BY row_id DESC OFFSET 0) AS found \
     CROSS JOIN LATERAL ( \
         SELECT messages.* FROM messages \
         JOIN conversations ON conversations.id = messages.conversation_id \
         WHERE messages.row_id = found.row_id AND messages.owner = $3 \
         AND conversations.delete_time IS NULL OFFSET 0) AS kept \
     ORDER BY found.row_id DESC LIMIT $4";

pub(super) fn select(
    backend: DbBackend,
    sql: &str,
    owner: &Owner,
    terms: String,
    after: Option<i64>,
    size: u32,
) -> Statement {
    // One more than wanted tells whether there is another page.
    let limit = i64::from(size) + 1;
    let values: [Value; 4] =
        [terms.into(), after.unwrap_or(i64::MAX).into(), owner.as_str().into(), limit.into()];
    Statement::from_sql_and_values(backend, sql, values)
}

pub(super) fn sqlite_terms(owner: &Owner, sought: &Sought) -> String {
    let words = IndexKey::of_owner(owner.as_str()).fts5_query(&sought.words);
    match sought.conversation_id {
        Some(id) => format!("{words} AND \"{}\"", conversation_term(id)),
        None => words,
    }
}

pub(super) fn postgres_terms(owner: &Owner, sought: &Sought) -> String {
    let words = IndexKey::of_owner(owner.as_str()).postgres_tsquery(&sought.words);
    match sought.conversation_id {
        Some(id) => format!("{words} & '{}'", conversation_term(id)),
        None => words,
    }
}

/// What the messages of a conversation are indexed under, beside their words. No word has a `_`, so no
/// word is like it.
fn conversation_term(id: Uuid) -> String {
    format!("_{}", id.simple())
}
