//! Looking up tasks by number: first what decides about the page, then its tasks.

use std::collections::HashMap;

use sea_orm::sea_query::{Alias, Asterisk, Expr, ExprTrait as _, Query, SelectStatement};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, DbBackend, FromQueryResult as _, JoinType,
    QueryResult,
};
use tandem_database::Db as _;
use tandem_error::Error;

use super::query::ListQuery;
use super::source::Source;
use crate::domain::{Position, Task};
use crate::store::entity::task;

/// A row that was looked at.
#[derive(Debug)]
pub(super) struct Candidate {
    pub(super) position: Position,
    /// About its length in a message.
    pub(super) bytes: usize,
    /// Whether it satisfies the filter, but for the words.
    pub(super) is_match: bool,
    /// Title and description, if they were asked for.
    pub(super) text: Option<String>,
}

/// About its length in a message, without reading the text.
const BYTES: &str = "octet_length(tasks.title) + octet_length(tasks.description) \
    + octet_length(CAST(tasks.labels AS TEXT))";

const TEXT: &str = "tasks.title || ' ' || tasks.description";

/// Looks up the next `limit` tasks of a source, in the order of the list.
pub(super) async fn find_candidates(
    db: &impl ConnectionTrait,
    query: &ListQuery<'_>,
    source: &Source,
    (cursor, limit, with_text): (Option<Position>, u64, bool),
) -> Result<Vec<Candidate>, Error> {
    let backend = db.get_database_backend();
    let number = || task::Column::Number.into_expr();
    let mut rows = look_up(query, backend, source.select(backend, query, cursor, limit));
    let key = query.sort_column().map_or(number(), |column| column.into_expr());
    rows.expr_as(key.cast_as("BIGINT"), "sort_key").expr_as(number(), "number");
    rows.expr_as(Expr::cust(BYTES).cast_as("BIGINT"), "bytes");
    rows.expr_as(Expr::from(query.row_condition(backend)), "is_match");
    let text = if with_text { TEXT } else { "NULL" };
    rows.expr_as(Expr::cust(text).cast_as("TEXT"), "text");
    rows.and_where_option(query.after_cursor(cursor, number()));
    query.sort_by(&mut rows, query.sort_column(), number());
    let rows = db.query_all(rows.limit(limit)).await.db()?;
    rows.iter().map(from_row).collect()
}

/// Reads the tasks of a page, in order. One that was changed meanwhile and satisfies the filter no more is
/// left out.
pub(super) async fn read_tasks(
    db: &impl ConnectionTrait,
    query: &ListQuery<'_>,
    found: &[Candidate],
) -> Result<Vec<Task>, Error> {
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let backend = db.get_database_backend();
    let numbers = found.iter().map(|it| it.position.number).collect::<Vec<_>>();
    let places: HashMap<_, _> = numbers.iter().copied().zip(0..).collect::<HashMap<i64, usize>>();
    let source = Source::Numbers { numbers, have_words: false };
    let source = source.select(backend, query, None, found.len() as u64);
    let mut rows = look_up(query, backend, source);
    rows.column((task::Entity, Asterisk)).cond_where(query.row_condition(backend));
    let rows = task::Model::find_by_statement(backend.build(&rows)).all(db).await.db()?;
    let mut tasks = rows.into_iter().map(Task::from).collect::<Vec<_>>();
    tasks.sort_by_key(|task| places.get(&task.number).copied());
    Ok(tasks)
}

/// The tasks that have the numbers of a source, which is read first: PostgreSQL must not begin with other
/// tasks, and cannot where each number is a subquery of its own.
fn look_up(query: &ListQuery<'_>, backend: DbBackend, numbers: SelectStatement) -> SelectStatement {
    let is_picked = task::Column::Number.into_expr().eq(Expr::col(("picked", "number")));
    let is_picked = Condition::all().add(query.owner_condition()).add(is_picked);
    let mut rows = Query::select();
    rows.from_subquery(numbers, Alias::new("picked"));
    if backend == DbBackend::Postgres {
        let mut one = Query::select();
        one.column(Asterisk).from(task::Entity).cond_where(is_picked).limit(1);
        rows.join_lateral(JoinType::InnerJoin, one, "tasks", Expr::cust("TRUE"));
    } else {
        rows.cross_join(task::Entity).cond_where(is_picked);
    }
    rows
}

fn from_row(row: &QueryResult) -> Result<Candidate, Error> {
    let (key, number) = (row.try_get("", "sort_key").db()?, row.try_get("", "number").db()?);
    let bytes = row.try_get::<i64>("", "bytes").db()?;
    Ok(Candidate {
        position: Position { key, number },
        bytes: usize::try_from(bytes).map_err(Error::internal)?,
        is_match: row.try_get("", "is_match").db()?,
        text: row.try_get("", "text").db()?,
    })
}
