//! Patterns for the index on SQLite.

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use tandem_auth::Owner;
use tandem_database::Db as _;
use tandem_error::Error;

use super::owner_key;

/// A prefix of more words than this stays a prefix.
const MOST: i64 = 64;

/// More matches than this are many.
const MANY: i64 = 2000;

/// The next words that begin with a prefix, each found by a step in the index. A word is followed by
/// those that begin with it, so the next one is the first from the word and the smallest character on.
const WORDS: &str = "WITH RECURSIVE words (word, place) AS (\
    SELECT (SELECT term FROM task_words WHERE term >= $1 LIMIT 1), 1 \
    UNION ALL \
    SELECT (SELECT term FROM task_words WHERE term >= words.word || char(1) LIMIT 1), place + 1 \
    FROM words WHERE place <= $2 AND substr(words.word, 1, length($1)) = $1) \
    SELECT word FROM words WHERE substr(word, 1, length($1)) = $1";

/// What the rows match that have, for each of `words`, one that begins with it; none where no row has.
pub(in crate::store) async fn pattern(
    db: &impl ConnectionTrait,
    owner: &Owner,
    words: &[String],
) -> Result<Option<String>, Error> {
    let key = owner_key(owner);
    let mut parts = Vec::with_capacity(words.len());
    for word in words {
        let prefix = format!("{key}_{word}");
        let terms = terms(db, &prefix).await?;
        // Terms are letters, digits and `_`, so the quotes need no escaping.
        parts.push(match terms.len() as i64 {
            0 => return Ok(None),
            count if count > MOST => format!("\"{prefix}\"*"),
            _ => format!("(\"{}\")", terms.join("\" OR \"")),
        });
    }
    Ok(Some(parts.join(" AND ")))
}

/// The terms of the index that begin with a prefix, up to one more than are of use.
async fn terms(db: &impl ConnectionTrait, prefix: &str) -> Result<Vec<String>, Error> {
    let values = [prefix.into(), MOST.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Sqlite, WORDS, values);
    let rows = db.query_all_raw(statement).await.db()?;
    rows.iter().map(|row| row.try_get("", "word").db()).collect()
}

/// Whether many rows match. Counts no further than it has to.
pub(in crate::store) async fn has_many(
    db: &impl ConnectionTrait,
    pattern: &str,
) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM task_search WHERE task_search MATCH $1 LIMIT 1 OFFSET $2";
    let values = [pattern.into(), MANY.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Sqlite, sql, values);
    Ok(db.query_one_raw(statement).await.db()?.is_some())
}
