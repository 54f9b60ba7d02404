//! The search index: the words of each task, on either database.
//!
//! A term has a key of the owner and of the number's block in front. So a question reads nothing of
//! anybody else and no more than a block: FTS5 merges all rows of a prefix before the first, and GIN
//! gives all rows at once.

use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};
use tandem_auth::Owner;
use tandem_database::Db as _;
use tandem_error::Error;
use tandem_text_search::IndexKey;

use super::counters::find_counters;
use crate::domain::Task;

/// The numbers of a block.
pub(super) const BLOCK: i64 = 2048;

/// Adds a new task to the index.
pub(super) async fn insert(
    db: &impl ConnectionTrait,
    owner: &Owner,
    task: &Task,
) -> Result<(), Error> {
    let postgres = "INSERT INTO task_search (owner, number, words) \
        VALUES ($1, $2, array_to_tsvector($3))";
    let sqlite = "INSERT INTO task_search (rowid, words) \
        SELECT row_id, $3 FROM tasks WHERE owner = $1 AND number = $2";
    execute(db, (sqlite, postgres), owner, task).await
}

/// Updates the words of a task.
pub(super) async fn replace(
    db: &impl ConnectionTrait,
    owner: &Owner,
    task: &Task,
) -> Result<(), Error> {
    let postgres = "UPDATE task_search SET words = array_to_tsvector($3) \
        WHERE owner = $1 AND number = $2";
    let sqlite = "UPDATE task_search SET words = $3 \
        WHERE rowid = (SELECT row_id FROM tasks WHERE owner = $1 AND number = $2)";
    execute(db, (sqlite, postgres), owner, task).await
}

/// Removes a task from the index, before the task itself is removed.
pub(super) async fn remove(
    db: &impl ConnectionTrait,
    owner: &Owner,
    number: i64,
) -> Result<(), Error> {
    let sql = match db.get_database_backend() {
        DbBackend::Postgres => "DELETE FROM task_search WHERE owner = $1 AND number = $2",
        _ => {
            "DELETE FROM task_search \
             WHERE rowid = (SELECT row_id FROM tasks WHERE owner = $1 AND number = $2)"
        }
    };
    let values = [owner.as_str().into(), number.into()];
    let delete = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    db.execute_raw(delete).await.db()?;
    Ok(())
}

async fn execute(
    db: &impl ConnectionTrait,
    (sqlite, postgres): (&str, &str),
    owner: &Owner,
    task: &Task,
) -> Result<(), Error> {
    let terms = terms(owner, task);
    let (sql, terms): (_, Value) = match db.get_database_backend() {
        DbBackend::Postgres => (postgres, terms.into()),
        _ => (sqlite, terms.join(" ").into()),
    };
    let values = [owner.as_str().into(), task.number.into(), terms];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    db.execute_raw(statement).await.db()?;
    Ok(())
}

/// What a task is indexed under: for programs that fill a database past the service.
#[must_use]
pub fn terms(owner: &Owner, task: &Task) -> Vec<String> {
    let text = format!("{} {}", task.title, task.description);
    IndexKey::of_block(owner.as_str(), task.number / BLOCK).index_terms(&text)
}

/// Maximum number of blocks per search. For an owner with more tasks, the task texts are scanned instead.
const MAX_BLOCKS: i64 = 1024;

/// The rows looked at by [`find_numbers`]: an entry and a row of each number found, and the rest of the
/// block in which the last was found.
pub(super) fn cost(most: u64) -> u64 {
    2 * (most + 1) + BLOCK.unsigned_abs()
}

/// The numbers of the owner's tasks that have, for each of `words`, a word that begins with it, in no order;
/// `None` if there are more than `most`. Asks block by block until there are enough.
pub(super) async fn find_numbers(
    db: &impl ConnectionTrait,
    owner: &Owner,
    words: &[String],
    most: u64,
) -> Result<Option<Vec<i64>>, Error> {
    let backend = db.get_database_backend();
    let blocks = find_counters(db, owner).await?.number / BLOCK;
    if blocks >= MAX_BLOCKS {
        return Ok(None);
    }
    let keys = (0..=blocks).map(|block| IndexKey::of_block(owner.as_str(), block));
    let (sql, questions): (_, Value) = match backend {
        DbBackend::Postgres => {
            let questions = keys.map(|key| key.postgres_tsquery(words));
            (POSTGRES, questions.collect::<Vec<_>>().into())
        }
        _ => {
            let questions = keys.map(|key| key.fts5_query(words));
            (SQLITE, questions.collect::<serde_json::Value>().to_string().into())
        }
    };
    let values = [questions, owner.as_str().into(), (most + 1).into()];
    let rows = db.query_all_raw(Statement::from_sql_and_values(backend, sql, values)).await.db()?;
    let numbers = rows.iter().map(|row| row.try_get("", "number").db());
    let numbers = numbers.collect::<Result<Vec<i64>, _>>()?;
    Ok((numbers.len() as u64 <= most).then_some(numbers))
}

const SQLITE: &str = "SELECT tasks.number FROM json_each($1) AS block \
    CROSS JOIN task_search CROSS JOIN tasks \
    WHERE task_search MATCH block.value AND tasks.row_id = task_search.rowid \
    AND tasks.owner = $2 LIMIT $3";

/// OFFSET 0 keeps each question apart: asked by owner, or all together, the table would be read in another
/// way.
const POSTGRES: &str = "SELECT found.number FROM unnest($1::text[]) AS block (question) \
    CROSS JOIN LATERAL (SELECT owner, number FROM task_search \
    WHERE words @@ block.question::tsquery OFFSET 0) AS found \
    WHERE found.owner = $2 LIMIT $3";
