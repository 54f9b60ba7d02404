//! Looking up tasks by number: first the columns that decide which tasks are in the page, then those tasks.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, FromQueryResult};
use tandem_database::Db as _;
use tandem_error::Error;

use super::query::ListQuery;
use super::source::{Numbers, Source};
use super::statement::SqlBuilder;
use crate::domain::{Position, Task};
use crate::store::entity::task;

/// A scanned task.
#[derive(Debug)]
pub(super) struct Candidate {
    pub(super) position: Position,
    /// Its approximate length in a message.
    pub(super) bytes: usize,
    /// Whether it matches the filter without the words.
    pub(super) is_match: bool,
    /// Title and description, if they were requested.
    pub(super) text: Option<String>,
}

/// A row of [`find_candidates`].
#[derive(FromQueryResult)]
struct Row {
    sort_key: i64,
    number: i64,
    bytes: i64,
    is_match: bool,
    text: Option<String>,
}

/// Looks up the next `limit` tasks of a source, in the order of the list. Their length is known without
/// reading them.
pub(super) async fn find_candidates(
    db: &impl ConnectionTrait,
    query: &ListQuery<'_>,
    source: &Source,
    (cursor, limit, with_text): (Option<Position>, u64, bool),
) -> Result<Vec<Candidate>, Error> {
    let mut sql = SqlBuilder::new(query, db.get_database_backend());
    let numbers = source.select_next(&mut sql, cursor, limit);
    let columns = query.sort_columns().iter().map(|it| format!("tasks.{it}")).collect::<Vec<_>>();
    let columns = columns.iter().map(String::as_str).collect::<Vec<_>>();
    let text = if with_text { "tasks.title || ' ' || tasks.description" } else { "NULL" };
    // Of known numbers, the database selects those that match; an index entry is returned even if its task does
    // not, because a page may end with it.
    let (condition, matching) = match source {
        Source::Numbers(_) => ("TRUE".to_owned(), sql.row_condition()),
        _ => (sql.row_condition(), "TRUE".to_owned()),
    };
    let statement = format!(
        "SELECT CAST({key} AS BIGINT) AS sort_key, tasks.number, \
         CAST(octet_length(tasks.title) + octet_length(tasks.description) \
         + octet_length(CAST(tasks.labels AS TEXT)) AS BIGINT) AS bytes, \
         ({condition}) AS is_match, CAST({text} AS TEXT) AS text \
         {rows} WHERE {matching}{after} {order} LIMIT {limit}",
        key = columns[0],
        rows = sql.look_up(&numbers),
        after = sql.after_cursor(cursor, "tasks"),
        order = sql.order_by(&columns),
        limit = sql.bind(limit),
    );
    let rows = Row::find_by_statement(sql.build(statement)).all(db).await.db()?;
    Ok(rows.into_iter().map(Candidate::from).collect())
}

impl From<Row> for Candidate {
    fn from(row: Row) -> Self {
        Self {
            position: Position { key: row.sort_key, number: row.number },
            bytes: usize::try_from(row.bytes).unwrap_or(usize::MAX),
            is_match: row.is_match,
            text: row.text,
        }
    }
}

/// Reads the tasks of a page, in order. Leaves out a task that was changed meanwhile and no longer matches the
/// filter.
pub(super) async fn read_tasks(
    db: &impl ConnectionTrait,
    query: &ListQuery<'_>,
    found: &[Candidate],
) -> Result<Vec<Task>, Error> {
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let numbers = found.iter().map(|it| it.position.number).collect::<Vec<_>>();
    let indexes: HashMap<i64, usize> = numbers.iter().copied().zip(0..).collect();
    let source = Source::Numbers(Numbers { numbers, ..Numbers::default() });
    let mut sql = SqlBuilder::new(query, db.get_database_backend());
    let numbers = source.select_any(&mut sql, found.len() as u64);
    let rows = format!("{} WHERE {}", sql.look_up(&numbers), sql.row_condition());
    let select = sql.build(format!("SELECT tasks.* {rows}"));
    let rows = task::Model::find_by_statement(select).all(db).await.db()?;
    let mut tasks = rows.into_iter().map(Task::try_from).collect::<Result<Vec<_>, _>>()?;
    tasks.sort_by_key(|task| indexes.get(&task.number).copied());
    Ok(tasks)
}
