//! Finding tasks by their words, in the search index.

use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};
use tandem_database::Db as _;
use tandem_error::Error;

use super::query::ListQuery;
use crate::store::{counters, search};

/// The numbers of one segment of the index: what a question about a segment reads at most, even if it is
/// cut short.
pub(super) const SEGMENT: u64 = search::SEGMENT.unsigned_abs();

/// The most segments asked: of somebody with more tasks, words are looked for along the order alone.
const MAX_SEGMENTS: usize = 1024;

/// Asks FTS5 segment by segment until there are enough rows.
const SQLITE: &str = "SELECT tasks.number FROM json_each($1) AS segment \
    CROSS JOIN task_search CROSS JOIN tasks \
    WHERE task_search MATCH segment.value AND tasks.row_id = task_search.rowid \
    AND tasks.owner = $2 LIMIT $3";

/// The same with GIN, which gives all rows of a segment at once. OFFSET 0 keeps each question apart: asked
/// by owner, or all together, the table would be read in another way.
const POSTGRES: &str = "SELECT found.number FROM unnest($1::text[]) AS segment (query) \
    CROSS JOIN LATERAL (SELECT owner, number FROM task_search \
    WHERE words @@ segment.query::tsquery OFFSET 0) AS found \
    WHERE found.owner = $2 LIMIT $3";

/// The numbers of the tasks that have the words, in no order; `None` if there are more than `most`.
pub(super) async fn find_numbers(
    db: &impl ConnectionTrait,
    query: &ListQuery<'_>,
    most: u64,
) -> Result<Option<Vec<i64>>, Error> {
    let backend = db.get_database_backend();
    let last = counters(db, query.owner).await?.number;
    let questions = search::questions(backend, query.owner, &query.filter.words, last);
    if questions.len() > MAX_SEGMENTS {
        return Ok(None);
    }
    let (sql, questions): (_, Value) = match backend {
        DbBackend::Postgres => (POSTGRES, questions.into()),
        _ => (SQLITE, serde_json::Value::from(questions).to_string().into()),
    };
    let values = [questions, query.owner.as_str().into(), (most + 1).into()];
    let rows = db.query_all_raw(Statement::from_sql_and_values(backend, sql, values)).await.db()?;
    let numbers = rows.iter().map(|row| row.try_get("", "number").db());
    let numbers = numbers.collect::<Result<Vec<i64>, _>>()?;
    Ok((numbers.len() as u64 <= most).then_some(numbers))
}
