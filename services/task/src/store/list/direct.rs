//! Lists whose filter is answered by the index of their order, such as the default list: every entry is a task of
//! the page, so the tasks are read at once.

use sea_orm::{ConnectionTrait, FromQueryResult as _};
use tandem_aip::page;
use tandem_database::Db as _;
use tandem_error::Error;

use super::Page;
use super::query::ListQuery;
use super::source::Source;
use super::statement::SqlBuilder;
use crate::domain::{Position, SortField, Task};
use crate::store::entity::{encode_due_time, encode_priority, task};

/// The most tasks that a statement reads: their text has at most some 3 MiB.
const ROWS_AT_ONCE: u64 = 64;

/// The next page, along the index of the order.
pub(super) async fn read_page(
    db: &impl ConnectionTrait,
    query: &ListQuery<'_>,
) -> Result<Page, Error> {
    let (mut tasks, mut after, mut bytes) = (Vec::new(), query.after, 0);
    while (tasks.len() as u64) < query.page_limit() && bytes <= page::MAX_PAGE_BYTES {
        let limit = ROWS_AT_ONCE.min(query.page_limit() - tasks.len() as u64);
        let rows = read_tasks(db, query, after, limit).await?;
        let is_last = (rows.len() as u64) < limit;
        bytes += rows.iter().map(text_bytes).sum::<usize>();
        after = rows.last().map(|task| position_of(task, query.order.field));
        tasks.extend(rows);
        if is_last {
            break;
        }
    }
    let has_more = page::truncate_page(&mut tasks, query.size, text_bytes);
    let last = tasks.last().filter(|_| has_more);
    let next = last.map(|task| position_of(task, query.order.field));
    Ok(Page { tasks, next })
}

async fn read_tasks(
    db: &impl ConnectionTrait,
    query: &ListQuery<'_>,
    after: Option<Position>,
    limit: u64,
) -> Result<Vec<Task>, Error> {
    let mut sql = SqlBuilder::new(query, db.get_database_backend());
    let numbers = Source::along_order(query).select_next(&mut sql, after, limit);
    let columns = query.sort_columns().iter().map(|it| format!("tasks.{it}")).collect::<Vec<_>>();
    let columns = columns.iter().map(String::as_str).collect::<Vec<_>>();
    let (rows, order) = (sql.look_up(&numbers), sql.order_by(&columns));
    let select = sql.build(format!("SELECT tasks.* {rows} {order}"));
    let rows = task::Model::find_by_statement(select).all(db).await.db()?;
    rows.into_iter().map(Task::try_from).collect()
}

/// The approximate length of a task in a message.
fn text_bytes(task: &Task) -> usize {
    let labels = task.labels.iter().map(|label| label.len() + 2).sum::<usize>();
    task.title.len() + task.description.len() + labels
}

fn position_of(task: &Task, field: SortField) -> Position {
    let key = match field {
        SortField::Created => task.created.as_micros(),
        SortField::Updated => task.updated.as_micros(),
        SortField::Due => encode_due_time(task.due).as_micros(),
        SortField::Priority => encode_priority(task.priority).into(),
        SortField::Number => task.number,
    };
    Position { key, number: task.number }
}
