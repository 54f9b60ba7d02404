//! Pages of tasks: which index a page is read from, and how far.
//!
//! A page is read along the index of its order ([`walk`]), passing over what the filter leaves out. That
//! costs little where the filter holds many of the tasks, and where there are few tasks. Where the first
//! hundreds do not fill the page, the index of the filter may lead to it sooner ([`narrow`]). What is due
//! within some days is read from those days ([`days`]), and words have an index that is read in the order
//! of the numbers ([`words`]).

mod among;
mod days;
mod narrow;
mod stretch;
mod walk;
mod wanted;
mod words;

use sea_orm::sea_query::{Query, SelectStatement};
use sea_orm::{ColumnTrait as _, ConnectionTrait, FromQueryResult as _};
use tandem_aip::{Order, page};
use tandem_auth::Owner;
use tandem_database::Db as _;
use tandem_error::Error;

use self::days::Days;
use self::narrow::Narrow;
use self::walk::Walk;
use self::wanted::Wanted;
use super::entity::task;
use crate::domain::{Filter, Position, SortField, Task};

/// How many tasks a walk looks at beyond the page before other ways are considered.
const BUDGET: u64 = 500;

/// A page of tasks.
#[derive(Debug)]
pub struct Page {
    /// The tasks, in order.
    pub tasks: Vec<Task>,
    /// Where the next page begins; `None` where this is the last.
    pub next: Option<Position>,
}

/// The owner's tasks that satisfy `filter`, in `order`, behind `after`: `size` of them, or as many as
/// fit into a message.
pub async fn list(
    db: &impl ConnectionTrait,
    owner: &Owner,
    filter: &Filter,
    order: Order<SortField>,
    after: Option<Position>,
    size: u32,
) -> Result<Page, Error> {
    // One more than wanted tells whether there is another page.
    let limit = u64::from(size) + 1;
    let wanted = Wanted { owner, filter, order, after, until: None, limit };
    let mut rows = match (wanted.is_contradictory(), filter.words.is_empty()) {
        (true, _) => Vec::new(),
        (false, true) => rows(db, wanted).await?,
        (false, false) => words::rows(db, wanted).await?,
    };
    let more = page::cut(&mut rows, size, bytes);
    let next = rows.last().filter(|_| more).map(|last| position(order.field, last));
    let tasks = rows.into_iter().map(Task::try_from).collect::<Result<Vec<_>, _>>()?;
    Ok(Page { tasks, next })
}

/// The first rows of what is wanted, which names no words.
async fn rows(
    db: &impl ConnectionTrait,
    mut wanted: Wanted<'_>,
) -> Result<Vec<task::Model>, Error> {
    let backend = db.get_database_backend();
    if let Some(number) = wanted.filter.number {
        return fetch(db, wanted.among_numbers(backend, one(&wanted, number))).await;
    }
    if let Some(days) = Days::of(&wanted) {
        return fetch(db, days.rows(backend, &wanted)).await;
    }
    let walk = Walk::of(&wanted);
    if walk.is_exact(&wanted) {
        return fetch(db, walk.rows(backend, &wanted, None)).await;
    }
    let budget = wanted.limit + BUDGET;
    // Where it ends is decided first: others may write in between.
    let Some(end) = walk.position_of(db, &wanted, budget).await? else {
        return fetch(db, walk.rows(backend, &wanted, None)).await;
    };
    wanted.until = Some(end);
    let mut rows = fetch(db, walk.rows(backend, &wanted, None)).await?;
    let found = rows.len() as u64;
    if found == wanted.limit {
        return Ok(rows);
    }
    (wanted.after, wanted.until) = (Some(end), None);
    wanted.limit -= found;
    // As many as the walk would still look at if it went on as it began.
    let few = wanted.limit * budget / (found + 1);
    let rest = match Narrow::of(db, &wanted, &walk, few).await? {
        Some(narrow) => narrow.rows(backend, &wanted),
        None => walk.rows(backend, &wanted, None),
    };
    rows.extend(fetch(db, rest).await?);
    Ok(rows)
}

/// The one task that has a number, as a query of numbers.
fn one(wanted: &Wanted<'_>, number: i64) -> SelectStatement {
    let mut one = Query::select();
    one.expr_as(task::Column::Number.into_expr(), "number").from(task::Entity);
    if let Some(column) = wanted.column() {
        one.expr_as(column.into_expr(), "key");
    }
    one.and_where(wanted.is_owned()).and_where(task::Column::Number.eq(number)).limit(1);
    one
}

async fn fetch(
    db: &impl ConnectionTrait,
    query: SelectStatement,
) -> Result<Vec<task::Model>, Error> {
    let statement = db.get_database_backend().build(&query);
    task::Model::find_by_statement(statement).all(db).await.db()
}

/// About how long a task is in a message.
fn bytes(row: &task::Model) -> usize {
    row.title.len() + row.description.len() + row.labels.to_string().len()
}

fn position(field: SortField, row: &task::Model) -> Position {
    let key = match field {
        SortField::Created => row.create_time.as_micros(),
        SortField::Updated => row.update_time.as_micros(),
        SortField::Due => row.due_time.as_micros(),
        SortField::Priority => i64::from(row.priority),
        // What the search index calls it.
        SortField::Number => row.row_id,
    };
    Position { key, number: row.number }
}
