//! The query behind a page of tasks: which index it begins with.
//!
//! - With words, at the search index: what matches is few, or is read in the order of the index.
//! - With a label that few tasks have, or in the order of the numbers, at the label's tasks.
//! - Else at the tasks in the order asked for; what does not match is passed over.
//!
//! `CROSS JOIN` tells SQLite which table to begin with; PostgreSQL decides by its statistics.

use sea_orm::sea_query::{Asterisk, Expr, ExprTrait as _, Query, SelectStatement, SimpleExpr};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, DbBackend, Order as SqlOrder, Statement,
};
use tandem_aip::{Direction, Order};
use tandem_auth::Owner;
use tandem_database::Db as _;
use tandem_errors::Error;

use super::entity::{NEVER, label, priority_number, status_number, task};
use super::search;
use crate::domain::{Filter, Position, SortField, Status};

/// A label that fewer tasks have is rare: they are read and sorted.
const RARE: i64 = 1000;

/// What a page holds.
pub(super) struct Wanted<'a> {
    pub(super) owner: &'a Owner,
    pub(super) filter: &'a Filter,
    pub(super) order: Order<SortField>,
    pub(super) after: Option<Position>,
    pub(super) limit: u64,
    /// Whether to begin with the tasks of the first label.
    pub(super) begins_with_label: bool,
}

/// Whether few of the owner's tasks have a label. Counts no further than it has to.
pub(super) async fn is_rare(
    db: &impl ConnectionTrait,
    owner: &Owner,
    label: &str,
) -> Result<bool, Error> {
    let statement = Statement::from_sql_and_values(
        db.get_database_backend(),
        "SELECT 1 FROM task_labels WHERE owner = $1 AND label = $2 LIMIT 1 OFFSET $3",
        [owner.as_str().into(), label.into(), (RARE - 1).into()],
    );
    Ok(db.query_one_raw(statement).await.db()?.is_none())
}

/// The query of a page.
pub(super) fn select(backend: DbBackend, wanted: &Wanted<'_>) -> SelectStatement {
    let Wanted { owner, filter, order, .. } = wanted;
    let mut query = Query::select();
    query.column((task::Entity, Asterisk)).limit(wanted.limit);
    let begin = Begin::of(backend, wanted);
    begin.from(&mut query, owner);
    query.cond_where(condition(owner, filter));
    for label in &filter.labels {
        if begin != Begin::Label(label) {
            query.and_where(has_label(owner, label));
        }
    }
    if let Some(after) = wanted.after {
        query.and_where(begin.behind(*order, after));
    }
    let direction = match order.direction {
        Direction::Ascending => SqlOrder::Asc,
        Direction::Descending => SqlOrder::Desc,
    };
    if let Some(column) = column(order.field) {
        query.order_by_expr(column.into_expr(), direction.clone());
        query.order_by_expr(task::Column::Number.into_expr(), direction);
    } else {
        query.order_by_expr(begin.by_number(), direction);
    }
    query
}

/// The table that a query begins with.
#[derive(PartialEq)]
enum Begin<'a> {
    Tasks,
    Search(DbBackend, &'a [String]),
    Label(&'a str),
}

impl<'a> Begin<'a> {
    fn of(backend: DbBackend, wanted: &Wanted<'a>) -> Self {
        match wanted.filter.labels.first() {
            _ if !wanted.filter.words.is_empty() => Self::Search(backend, &wanted.filter.words),
            Some(label) if wanted.begins_with_label => Self::Label(label),
            _ => Self::Tasks,
        }
    }

    fn from(&self, query: &mut SelectStatement, owner: &Owner) {
        match self {
            Self::Tasks => {
                query.from(task::Entity);
            }
            Self::Search(backend, words) => {
                query.from(search::TABLE).cross_join(task::Entity);
                query.and_where(search::matches(*backend, owner, words));
                query.and_where(search::row_id(*backend).eq(task::Column::RowId.into_expr()));
            }
            Self::Label(label) => {
                query.from(label::Entity).cross_join(task::Entity);
                query.and_where(label::Column::Owner.eq(owner.as_str()));
                query.and_where(label::Column::Label.eq(*label));
                let number = label::Column::Number.into_expr();
                query.and_where(number.eq(task::Column::Number.into_expr()));
            }
        }
    }

    /// What orders by number as the first table is read. Tasks get their rows in the order of their
    /// numbers.
    fn by_number(&self) -> SimpleExpr {
        match self {
            Self::Tasks => task::Column::Number.into_expr(),
            Self::Search(backend, _) => search::row_id(*backend),
            Self::Label(_) => label::Column::Number.into_expr(),
        }
    }

    /// What comes behind a position, so that the index that the query reads begins there.
    fn behind(&self, order: Order<SortField>, after: Position) -> SimpleExpr {
        let (here, there) = match (column(order.field), self) {
            (Some(column), _) => (
                Expr::tuple([column.into_expr(), task::Column::Number.into_expr()]),
                Expr::tuple([Expr::val(after.key), Expr::val(after.number)]),
            ),
            (None, Self::Search(..)) => (self.by_number(), Expr::val(after.key)),
            (None, _) => (self.by_number(), Expr::val(after.number)),
        };
        match order.direction {
            Direction::Ascending => here.gt(there),
            Direction::Descending => here.lt(there),
        }
    }
}

/// The column that a list is ordered by, before the number; `None` where it is the number alone.
fn column(field: SortField) -> Option<task::Column> {
    match field {
        SortField::Created => Some(task::Column::CreateTime),
        SortField::Updated => Some(task::Column::UpdateTime),
        SortField::Due => Some(task::Column::DueTime),
        SortField::Priority => Some(task::Column::Priority),
        SortField::Number => None,
    }
}

fn condition(owner: &Owner, filter: &Filter) -> Condition {
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
    all
}

fn has_label(owner: &Owner, label: &str) -> SimpleExpr {
    let rows = Query::select()
        .expr(Expr::val(1))
        .from(label::Entity)
        .and_where(label::Column::Owner.eq(owner.as_str()))
        .and_where(label::Column::Label.eq(label))
        .and_where(label::Column::Number.into_expr().eq(task::Column::Number.into_expr()))
        .to_owned();
    Expr::exists(rows)
}
