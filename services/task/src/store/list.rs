//! Pages of tasks.

use sea_orm::sea_query::{Expr, ExprTrait as _, Query, SimpleExpr};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, DbBackend, EntityTrait as _, Order as SqlOrder,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use tandem_aip::{Direction, Order};
use tandem_auth::Owner;
use tandem_database::Db as _;
use tandem_errors::Error;

use super::entity::{NEVER, label, priority_number, status_number, task};
use super::search;
use crate::domain::{Filter, Position, SortField, Status, Task};

/// A page of tasks.
#[derive(Debug)]
pub struct Page {
    /// The tasks, in order.
    pub tasks: Vec<Task>,
    /// Where the next page begins; `None` where this is the last.
    pub next: Option<Position>,
}

/// The owner's tasks that satisfy `filter`, in `order`, behind `after`, at most `size` of them.
pub async fn list(
    db: &impl ConnectionTrait,
    owner: &Owner,
    filter: &Filter,
    order: Order<SortField>,
    after: Option<Position>,
    size: u32,
) -> Result<Page, Error> {
    let column = column(order.field);
    let direction = match order.direction {
        Direction::Ascending => SqlOrder::Asc,
        Direction::Descending => SqlOrder::Desc,
    };
    let mut rows = task::Entity::find()
        .filter(condition(db.get_database_backend(), owner, filter))
        .filter(Condition::all().add_option(after.map(|after| behind(order, after))))
        .order_by(column, direction.clone())
        .order_by(task::Column::Number, direction)
        // One more than wanted tells whether there is another page.
        .limit(u64::from(size) + 1)
        .all(db)
        .await
        .db()?;
    let more = rows.len() > size as usize;
    rows.truncate(size as usize);
    let next = rows.last().filter(|_| more).map(|last| position(order.field, last));
    Ok(Page { tasks: rows.into_iter().map(Task::from).collect(), next })
}

fn column(field: SortField) -> task::Column {
    match field {
        SortField::Created => task::Column::CreateTime,
        SortField::Updated => task::Column::UpdateTime,
        SortField::Due => task::Column::DueTime,
        SortField::Priority => task::Column::Priority,
        SortField::Number => task::Column::Number,
    }
}

fn position(field: SortField, row: &task::Model) -> Position {
    let key = match field {
        SortField::Created => row.create_time,
        SortField::Updated => row.update_time,
        SortField::Due => row.due_time,
        SortField::Priority => i64::from(row.priority),
        SortField::Number => row.number,
    };
    Position { key, number: row.number }
}

/// What comes behind a position: a row value comparison, which the index on the columns answers.
fn behind(order: Order<SortField>, after: Position) -> SimpleExpr {
    let key = |column: task::Column| Expr::col(column);
    let here = Expr::tuple([key(column(order.field)), key(task::Column::Number)]);
    let there = Expr::tuple([Expr::val(after.key), Expr::val(after.number)]);
    match order.direction {
        Direction::Ascending => here.gt(there),
        Direction::Descending => here.lt(there),
    }
}

fn condition(backend: DbBackend, owner: &Owner, filter: &Filter) -> Condition {
    use task::Column;
    let mut all = Condition::all()
        .add(Column::Owner.eq(owner.as_str()))
        .add_option(filter.number.map(|number| Column::Number.eq(number)))
        .add_option(filter.status.map(|status| Column::Status.eq(status_number(status))))
        .add_option(filter.priority.map(|it| Column::Priority.eq(priority_number(Some(it)))))
        .add_option(filter.due_after.map(|time| Column::DueTime.gte(time)))
        .add_option(filter.due_after.map(|_| Column::DueTime.ne(NEVER)))
        .add_option(filter.due_before.map(|time| Column::DueTime.lt(time)))
        .add_option(filter.created_after.map(|time| Column::CreateTime.gte(time)))
        .add_option(filter.created_before.map(|time| Column::CreateTime.lt(time)));
    if let Some(now) = filter.overdue_at {
        all =
            all.add(Column::Status.eq(status_number(Status::Pending))).add(Column::DueTime.lt(now));
    }
    if !filter.show_deleted {
        all = all.add(Column::DeleteTime.is_null());
    }
    for label in &filter.labels {
        all = all.add(has_label(owner, label));
    }
    if !filter.words.is_empty() {
        all = all.add(search::matches(backend, owner, &filter.words));
    }
    all
}

fn has_label(owner: &Owner, label: &str) -> SimpleExpr {
    let rows = Query::select()
        .column(label::Column::RowId)
        .from(label::Entity)
        .and_where(label::Column::Owner.eq(owner.as_str()))
        .and_where(label::Column::Label.eq(label))
        .to_owned();
    task::Column::RowId.in_subquery(rows)
}
