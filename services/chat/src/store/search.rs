//! The full-text index of messages, on either database. The schema removes the entries of deleted
//! messages.

use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};
use tandem_aip::Direction;
use tandem_aip::page::PageLimits;
use tandem_auth::Owner;
use tandem_database::Db as _;
use tandem_error::Error;
use tandem_text_search::IndexKey;
use uuid::Uuid;

use super::messages::{MessagePage, PageOrder, PageRows, message_bytes, read_page};
use crate::domain::Message;

/// A search for messages.
#[derive(Debug, Clone)]
pub struct MessageQuery {
    /// At least one word, as [`tandem_text_search::split_words`] returns them. Each has to be a prefix of a word
    /// of the message.
    pub words: Vec<String>,
    /// Limits the search to one conversation.
    pub conversation_id: Option<Uuid>,
}

/// Adds a new message to the index.
pub(super) async fn index_message(
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

/// The owner's messages that match, in conversations that are not deleted, newest first, after the row
/// id `after`: `size` of them, or as many as fit into one response.
pub async fn search_messages(
    db: &impl ConnectionTrait,
    owner: &Owner,
    query: &MessageQuery,
    after: Option<i64>,
    size: u32,
) -> Result<MessagePage, Error> {
    let limits = PageLimits::items(size);
    let rows = match db.get_database_backend() {
        DbBackend::Postgres => find_in_postgres(db, owner, query, after, limits).await?,
        backend => {
            let terms = sqlite_terms(owner, query);
            let candidates = search_statement(backend, SQLITE, owner, terms, after, size);
            read_page(db, candidates, NEWEST_FIRST, limits).await?
        }
    };
    rows.into_page()
}

/// GIN returns all matches at once, in no order. If many messages match, the newest ones fill a page:
/// they are searched first.
async fn find_in_postgres(
    db: &impl ConnectionTrait,
    owner: &Owner,
    query: &MessageQuery,
    after: Option<i64>,
    limits: PageLimits,
) -> Result<PageRows, Error> {
    let (backend, size) = (DbBackend::Postgres, limits.items);
    let terms = postgres_terms(owner, query);
    if query.conversation_id.is_none() {
        let candidates =
            search_statement(backend, POSTGRES_NEWEST, owner, terms.clone(), after, size);
        let rows = read_page(db, candidates, NEWEST_FIRST, limits).await?;
        if rows.has_more {
            return Ok(rows);
        }
    }
    let candidates = search_statement(backend, POSTGRES, owner, terms, after, size);
    read_page(db, candidates, NEWEST_FIRST, limits).await
}

const NEWEST_FIRST: PageOrder = PageOrder {
    direction: Direction::Descending,
    row: "messages.row_id = page.row_key",
    position: |message| message.row_id,
};

/// FTS5 returns matches one at a time in row order. `CROSS JOIN` makes SQLite start with it.
pub(super) const SQLITE: &str = "SELECT messages.row_id AS row_key, {bytes} AS row_bytes \
     FROM message_search CROSS JOIN messages CROSS JOIN conversations \
     WHERE message_search MATCH $1 AND message_search.rowid < $2 \
     AND messages.row_id = message_search.rowid AND messages.owner = $3 \
     AND conversations.id = messages.conversation_id AND conversations.delete_time IS NULL \
     ORDER BY message_search.rowid DESC LIMIT $4";

/// Searches the owner's newest 1000 messages after the cursor. They are compared and ordered as pairs, so
/// that the planner can use only the index by owner and not the primary key; OFFSET 0 keeps it from
/// starting with the index of words.
pub(super) const POSTGRES_NEWEST: &str = "SELECT newest.row_id AS row_key, kept.row_bytes FROM ( \
         SELECT owner, row_id FROM messages \
         WHERE (owner, row_id) < ($3, $2) AND (owner, row_id) > ($3, 0) \
         ORDER BY owner DESC, row_id DESC LIMIT 1000) AS newest \
     CROSS JOIN LATERAL ( \
         SELECT 1 FROM message_search \
         WHERE row_id = newest.row_id AND words @@ $1::tsquery OFFSET 0) AS found \
     CROSS JOIN LATERAL ( \
         SELECT {bytes} AS row_bytes FROM messages \
         JOIN conversations ON conversations.id = messages.conversation_id \
         WHERE messages.row_id = newest.row_id AND messages.owner = $3 \
         AND conversations.delete_time IS NULL OFFSET 0) AS kept \
     ORDER BY newest.owner DESC, newest.row_id DESC LIMIT $4";

/// Searches all messages. The index is read first, its matches are sorted, and only the rows of the page
/// are fetched: MATERIALIZED and OFFSET 0 keep the planner from walking through all messages until
/// enough of them match.
pub(super) const POSTGRES: &str = "WITH found AS MATERIALIZED ( \
         SELECT row_id FROM message_search WHERE words @@ $1::tsquery AND row_id < $2) \
     SELECT found.row_id AS row_key, kept.row_bytes \
     FROM (SELECT row_id FROM found ORDER BY row_id DESC OFFSET 0) AS found \
     CROSS JOIN LATERAL ( \
         SELECT {bytes} AS row_bytes FROM messages \
         JOIN conversations ON conversations.id = messages.conversation_id \
         WHERE messages.row_id = found.row_id AND messages.owner = $3 \
         AND conversations.delete_time IS NULL OFFSET 0) AS kept \
     ORDER BY found.row_id DESC LIMIT $4";

/// The keys and lengths of a page's messages, and of one more.
pub(super) fn search_statement(
    backend: DbBackend,
    sql: &str,
    owner: &Owner,
    terms: String,
    after: Option<i64>,
    size: u32,
) -> Statement {
    // One extra row shows whether there is another page.
    let limit = i64::from(size) + 1;
    let values: [Value; 4] =
        [terms.into(), after.unwrap_or(i64::MAX).into(), owner.as_str().into(), limit.into()];
    let sql = sql.replace("{bytes}", &message_bytes(backend));
    Statement::from_sql_and_values(backend, sql, values)
}

pub(super) fn sqlite_terms(owner: &Owner, query: &MessageQuery) -> String {
    let words = IndexKey::of_owner(owner.as_str()).fts5_query(&query.words);
    match query.conversation_id {
        Some(id) => format!("{words} AND \"{}\"", conversation_term(id)),
        None => words,
    }
}

pub(super) fn postgres_terms(owner: &Owner, query: &MessageQuery) -> String {
    let words = IndexKey::of_owner(owner.as_str()).postgres_tsquery(&query.words);
    match query.conversation_id {
        Some(id) => format!("{words} & '{}'", conversation_term(id)),
        None => words,
    }
}

/// The index term of a conversation. It starts with `_`, which no word contains.
fn conversation_term(id: Uuid) -> String {
    format!("_{}", id.simple())
}
