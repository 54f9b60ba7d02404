//! The search index: the words of each task, on either database.
//!
//! Each term has a prefix of the owner and of a block of task numbers. A search reads the index block by
//! block, and nothing of other owners: FTS5 and GIN read all entries of the words before they return the
//! first row, so a search is bounded by the number of its blocks.

use std::ops::RangeInclusive;

use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};
use tandem_aip::{Direction, Order};
use tandem_auth::Owner;
use tandem_database::Db as _;
use tandem_error::Error;
use tandem_text_search::IndexKey;

use super::counters::find_counters;
use super::list::{ListQuery, Numbers};
use crate::domain::{SortField, Task};

/// Task numbers per block.
const BLOCK: i64 = 2048;

/// Maximum number of blocks that a call searches: the index entries of 20,480 tasks.
pub const MAX_BLOCKS_SEARCHED: usize = 10;

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

/// The index terms of a task. Public for programs that fill a database without the service.
#[must_use]
pub fn terms(owner: &Owner, task: &Task) -> Vec<String> {
    let text = format!("{} {}", task.title, task.description);
    IndexKey::of_block(owner.as_str(), task.number / BLOCK).index_terms(&text)
}

/// If more than one in so many tasks match, a page is found sooner along the order.
const DENSE_MATCHES: u64 = 4;

/// The rows read by [`find_numbers`]: an entry and a row per number, and the rest of the block in which the
/// last number was found. The index entries of the words are bounded by [`MAX_BLOCKS_SEARCHED`].
pub(super) fn cost(limit: u64) -> u64 {
    2 * (limit + 1) + BLOCK.unsigned_abs()
}

/// The numbers of the tasks that have, for each word of the filter, a word that begins with it. By number, the
/// next blocks of the list are searched. In another order, all blocks are, or none if the owner has too many.
/// Returns `None` if the blocks are not searched or have more than `limit` matches.
pub(super) async fn find_numbers(
    db: &impl ConnectionTrait,
    query: &ListQuery<'_>,
    limit: u64,
) -> Result<Option<Numbers>, Error> {
    let (backend, owner) = (db.get_database_backend(), query.owner.as_str());
    let counters = find_counters(db, query.owner).await?;
    let Some((blocks, end)) = blocks_to_search(query, counters.number / BLOCK) else {
        return Ok(None);
    };
    let tasks = u64::try_from(counters.number).unwrap_or_default();
    let limit = limit.min(tasks / DENSE_MATCHES + query.page_limit());
    let keys = blocks.map(|block| IndexKey::of_block(owner, block));
    let words = &query.filter.words;
    let (sql, queries): (_, Value) = match backend {
        DbBackend::Postgres => {
            let queries = keys.map(|key| key.postgres_tsquery(words));
            (POSTGRES, queries.collect::<Vec<_>>().into())
        }
        _ => {
            let queries = keys.map(|key| key.fts5_query(words));
            (SQLITE, queries.collect::<serde_json::Value>().to_string().into())
        }
    };
    let values = [queries, owner.into(), (limit + 1).into()];
    let rows = db.query_all_raw(Statement::from_sql_and_values(backend, sql, values)).await.db()?;
    let numbers = rows.iter().map(|row| row.try_get("", "number").db());
    let numbers = numbers.collect::<Result<Vec<i64>, _>>()?;
    let is_complete = numbers.len() as u64 <= limit;
    Ok(is_complete.then_some(Numbers { numbers, match_words: true, end }))
}

/// The blocks that a call searches, and their last number in the order of the list if it continues after it.
fn blocks_to_search(
    query: &ListQuery<'_>,
    last_block: i64,
) -> Option<(RangeInclusive<i64>, Option<i64>)> {
    let Order { field, direction } = query.order;
    let others = MAX_BLOCKS_SEARCHED as i64 - 1;
    if last_block <= others {
        return Some((0..=last_block, None));
    }
    let start = query.after.map(|after| after.number / BLOCK);
    match (field, direction) {
        (SortField::Number, Direction::Ascending) => {
            let start = start.unwrap_or(0);
            let end = (start + others).min(last_block);
            Some((start..=end, (end < last_block).then_some((end + 1) * BLOCK - 1)))
        }
        (SortField::Number, Direction::Descending) => {
            let start = start.unwrap_or(last_block);
            let end = (start - others).max(0);
            Some((end..=start, (end > 0).then_some(end * BLOCK)))
        }
        _ => None,
    }
}

const SQLITE: &str = "SELECT tasks.number FROM json_each($1) AS block \
    CROSS JOIN task_search CROSS JOIN tasks \
    WHERE task_search MATCH block.value AND tasks.row_id = task_search.rowid \
    AND tasks.owner = $2 LIMIT $3";

/// OFFSET 0 keeps the searches of the blocks separate: otherwise the planner could join them with the table in
/// another way.
const POSTGRES: &str = "SELECT found.number FROM unnest($1::text[]) AS block (query) \
    CROSS JOIN LATERAL (SELECT owner, number FROM task_search \
    WHERE words @@ block.query::tsquery OFFSET 0) AS found \
    WHERE found.owner = $2 LIMIT $3";
