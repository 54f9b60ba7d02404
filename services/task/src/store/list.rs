//! Pages of tasks.

use sea_orm::{ConnectionTrait, FromQueryResult as _};
use tandem_aip::{Order, page};
use tandem_auth::Owner;
use tandem_database::Db as _;
use tandem_errors::Error;

use super::entity::task;
use super::select::{Wanted, is_rare, select};
use crate::domain::{Filter, Position, SortField, Task};

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
    let backend = db.get_database_backend();
    let begins_with_label = match filter.labels.first() {
        None => false,
        Some(_) if order.field == SortField::Number => true,
        Some(label) => is_rare(db, owner, label).await?,
    };
    // One more than wanted tells whether there is another page.
    let limit = u64::from(size) + 1;
    let wanted = Wanted { owner, filter, order, after, limit, begins_with_label };
    let statement = backend.build(&select(backend, &wanted));
    let mut rows = task::Model::find_by_statement(statement).all(db).await.db()?;
    let more = page::cut(&mut rows, size, bytes);
    let next = rows.last().filter(|_| more).map(|last| position(order.field, last));
    Ok(Page { tasks: rows.into_iter().map(Task::from).collect(), next })
}

/// About how long a task is in a message.
fn bytes(row: &task::Model) -> usize {
    row.title.len() + row.description.len() + row.labels.to_string().len()
}

fn position(field: SortField, row: &task::Model) -> Position {
    let key = match field {
        SortField::Created => row.create_time,
        SortField::Updated => row.update_time,
        SortField::Due => row.due_time,
        SortField::Priority => i64::from(row.priority),
        // What the search index calls it.
        SortField::Number => row.row_id,
    };
    Position { key, number: row.number }
}
