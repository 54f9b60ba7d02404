//! What a page is to hold, in the terms of the database.

use sea_orm::sea_query::{Expr, ExprTrait as _, Query, SelectStatement, SimpleExpr};
use sea_orm::{ColumnTrait as _, Condition, Order as SqlOrder};
use tandem_aip::{Direction, Order};
use tandem_auth::Owner;

use crate::domain::{Filter, Position, SortField, Status};
use crate::store::entity::{NEVER, label, priority_number, status_number, task};

/// What a page holds.
pub(super) struct Wanted<'a> {
    pub(super) owner: &'a Owner,
    pub(super) filter: &'a Filter,
    pub(super) order: Order<SortField>,
    pub(super) after: Option<Position>,
    pub(super) limit: u64,
}

impl Wanted<'_> {
    /// Whether no task can be both.
    pub(super) fn is_contradictory(&self) -> bool {
        self.filter.overdue_at.is_some() && self.filter.status == Some(Status::Completed)
    }

    /// The status that all have.
    pub(super) fn status(&self) -> Option<Status> {
        self.filter.status.or(self.filter.overdue_at.map(|_| Status::Pending))
    }

    /// The column that the list is ordered by, before the number; `None` where it is the number alone.
    pub(super) fn column(&self) -> Option<task::Column> {
        match self.order.field {
            SortField::Created => Some(task::Column::CreateTime),
            SortField::Updated => Some(task::Column::UpdateTime),
            SortField::Due => Some(task::Column::DueTime),
            SortField::Priority => Some(task::Column::Priority),
            SortField::Number => None,
        }
    }

    /// Orders a query by the list's column, if it has one, and the column that holds the number.
    pub(super) fn sort(&self, query: &mut SelectStatement, number: SimpleExpr) {
        let direction = match self.order.direction {
            Direction::Ascending => SqlOrder::Asc,
            Direction::Descending => SqlOrder::Desc,
        };
        if let Some(column) = self.column() {
            query.order_by_expr(column.into_expr(), direction.clone());
        }
        query.order_by_expr(number, direction);
    }

    /// What comes behind the position, so that the index of the order is entered there.
    pub(super) fn behind(&self, number: SimpleExpr) -> Option<SimpleExpr> {
        let after = self.after?;
        let (here, there) = match self.column() {
            Some(column) => (
                Expr::tuple([column.into_expr(), number]),
                Expr::tuple([Expr::val(after.key), Expr::val(after.number)]),
            ),
            None => (number, Expr::val(after.number)),
        };
        Some(self.beyond(here, there))
    }

    /// `here` comes later than `there`.
    pub(super) fn beyond(&self, here: SimpleExpr, there: SimpleExpr) -> SimpleExpr {
        match self.order.direction {
            Direction::Ascending => here.gt(there),
            Direction::Descending => here.lt(there),
        }
    }

    pub(super) fn is_owned(&self) -> SimpleExpr {
        task::Column::Owner.eq(self.owner.as_str())
    }

    /// The due times; those of tasks that are never due only where none is asked for.
    pub(super) fn is_due(&self) -> Option<Condition> {
        let filter = self.filter;
        let before = filter.due_before.into_iter().chain(filter.overdue_at).min();
        let until = before.or(filter.due_after.map(|_| NEVER))?;
        let from = filter.due_after.map(|time| task::Column::DueTime.gte(time));
        Some(Condition::all().add_option(from).add(task::Column::DueTime.lt(until)))
    }

    pub(super) fn is_created(&self) -> Option<Condition> {
        use task::Column::CreateTime;
        let Filter { created_after: from, created_before: until, .. } = self.filter;
        (from.is_some() || until.is_some()).then(|| {
            Condition::all()
                .add_option(from.map(|time| CreateTime.gte(time)))
                .add_option(until.map(|time| CreateTime.lt(time)))
        })
    }

    pub(super) fn is_of_priority(&self) -> Option<SimpleExpr> {
        self.filter.priority.map(|it| task::Column::Priority.eq(priority_number(Some(it))))
    }

    /// Of the status, and not deleted; what the indexes by status hold.
    pub(super) fn is_of_status(&self) -> Option<Condition> {
        let status = self.status().filter(|_| !self.filter.show_deleted)?;
        let status = task::Column::Status.eq(status_number(status));
        Some(Condition::all().add(status).add(task::Column::DeleteTime.is_null()))
    }

    /// All of the filter but its words.
    pub(super) fn condition(&self) -> Condition {
        let filter = self.filter;
        let mut all = Condition::all()
            .add(self.is_owned())
            .add_option(filter.number.map(|number| task::Column::Number.eq(number)))
            .add_option(self.status().map(|it| task::Column::Status.eq(status_number(it))))
            .add_option(self.is_of_priority())
            .add_option(self.is_due())
            .add_option(self.is_created());
        for label in &filter.labels {
            all = all.add(self.has_label(label));
        }
        if !filter.show_deleted {
            all = all.add(task::Column::DeleteTime.is_null());
        }
        all
    }

    fn has_label(&self, label: &str) -> SimpleExpr {
        let rows = Query::select()
            .expr(Expr::val(1))
            .from(label::Entity)
            .and_where(label::Column::Owner.eq(self.owner.as_str()))
            .and_where(label::Column::Label.eq(label))
            .and_where(label::Column::Number.into_expr().eq(task::Column::Number.into_expr()))
            .to_owned();
        Expr::exists(rows)
    }
}
