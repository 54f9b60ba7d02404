//! What a page is to hold, in the terms of the database.

use sea_orm::sea_query::{Expr, ExprTrait as _, Query, SelectStatement, SimpleExpr};
use sea_orm::{ColumnTrait as _, Condition, Order as SqlOrder};
use tandem_aip::{Direction, Order};
use tandem_auth::Owner;
use tandem_clock::Timestamp;

use crate::domain::{Filter, Position, SortField, Status};
use crate::store::entity::{NO_DUE_TIME, encode_priority, encode_status, label, task};
use crate::store::indexes::Index;

/// What a page holds.
pub(super) struct Wanted<'a> {
    pub(super) owner: &'a Owner,
    pub(super) filter: &'a Filter,
    pub(super) order: Order<SortField>,
    pub(super) after: Option<Position>,
    /// The last place that is looked at.
    pub(super) until: Option<Position>,
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

    /// The index of all tasks in the order of the list.
    pub(super) fn index(&self) -> Index {
        match self.order.field {
            SortField::Created => Index::Created,
            SortField::Updated => Index::Updated,
            SortField::Due => Index::Due,
            SortField::Priority => Index::Priority,
            SortField::Number => Index::Number,
        }
    }

    /// Orders a query by the list's column, if it has one, and what holds the number.
    pub(super) fn sort(&self, query: &mut SelectStatement, number: SimpleExpr) {
        let key = self.column().map(|column| column.into_expr());
        for expression in key.into_iter().chain([number]) {
            query.order_by_expr(expression, self.direction());
        }
    }

    pub(super) fn direction(&self) -> SqlOrder {
        match self.order.direction {
            Direction::Ascending => SqlOrder::Asc,
            Direction::Descending => SqlOrder::Desc,
        }
    }

    /// What comes behind the position.
    pub(super) fn behind(&self, number: SimpleExpr) -> Option<SimpleExpr> {
        let after = self.after?;
        Some(self.beyond(self.place(number), self.place_of(after)))
    }

    /// What does not come behind the last place.
    pub(super) fn not_too_far(&self, number: SimpleExpr) -> Option<SimpleExpr> {
        let (here, there) = (self.place(number), self.place_of(self.until?));
        Some(match self.order.direction {
            Direction::Ascending => here.lte(there),
            Direction::Descending => here.gte(there),
        })
    }

    /// The place of a task in the list.
    fn place(&self, number: SimpleExpr) -> SimpleExpr {
        match self.column() {
            Some(column) => Expr::tuple([column.into_expr(), number]),
            None => number,
        }
    }

    fn place_of(&self, position: Position) -> SimpleExpr {
        match self.column() {
            Some(_) => Expr::tuple([Expr::val(position.key), Expr::val(position.number)]),
            None => Expr::val(position.number),
        }
    }

    /// `here` comes later than `there`.
    pub(super) fn beyond(&self, here: SimpleExpr, there: SimpleExpr) -> SimpleExpr {
        match self.order.direction {
            Direction::Ascending => here.gt(there),
            Direction::Descending => here.lt(there),
        }
    }

    /// The part of the filter that is a stretch of the list: its keys, the last one excluded.
    pub(super) fn keys(&self) -> (Option<i64>, Option<i64>) {
        let filter = self.filter;
        match self.order.field {
            SortField::Due => micros(self.due()),
            SortField::Created => micros((filter.created_after, filter.created_before)),
            SortField::Priority => {
                let key = filter.priority.map(|it| i64::from(encode_priority(Some(it))));
                (key, key.map(|key| key + 1))
            }
            SortField::Number | SortField::Updated => (None, None),
        }
    }

    /// The due times, the last one excluded; those of tasks that are never due only where none is asked
    /// for.
    fn due(&self) -> (Option<Timestamp>, Option<Timestamp>) {
        let filter = self.filter;
        let before = filter.due_before.into_iter().chain(filter.overdue_at).min();
        (filter.due_after, before.or(filter.due_after.map(|_| NO_DUE_TIME)))
    }

    pub(super) fn is_owned(&self) -> SimpleExpr {
        task::Column::Owner.eq(self.owner.as_str())
    }

    pub(super) fn is_due(&self) -> Option<Condition> {
        within(task::Column::DueTime, self.due())
    }

    /// Whether a task may be due at any time of a span.
    pub(super) fn is_due_throughout(&self, start: i64, length: i64) -> bool {
        let (from, until) = micros(self.due());
        from.is_none_or(|from| from <= start) && until.is_none_or(|until| until - length >= start)
    }

    pub(super) fn is_created(&self) -> Option<Condition> {
        let Filter { created_after, created_before, .. } = self.filter;
        within(task::Column::CreateTime, (*created_after, *created_before))
    }

    pub(super) fn is_of_priority(&self) -> Option<SimpleExpr> {
        self.filter.priority.map(|it| task::Column::Priority.eq(encode_priority(Some(it))))
    }

    /// Of the status, and not deleted; what the indexes by status hold.
    pub(super) fn is_of_status(&self) -> Option<Condition> {
        let status = self.status().filter(|_| !self.filter.show_deleted)?;
        let status = task::Column::Status.eq(encode_status(status));
        Some(Condition::all().add(status).add(task::Column::DeleteTime.is_null()))
    }

    /// All of the filter but its words, and the label that the tasks are known to have.
    pub(super) fn condition(&self, known: Option<&str>) -> Condition {
        let mut all = self.condition_of_columns().add(self.is_owned());
        for label in self.filter.labels.iter().filter(|label| Some(label.as_str()) != known) {
            all = all.add(self.has_label(label));
        }
        if !self.filter.show_deleted {
            all = all.add(task::Column::DeleteTime.is_null());
        }
        all
    }

    /// The part of the filter that is about what callers write, without the labels.
    pub(super) fn condition_of_columns(&self) -> Condition {
        let status = self.status().map(|it| task::Column::Status.eq(encode_status(it)));
        Condition::all()
            .add_option(self.filter.number.map(|number| task::Column::Number.eq(number)))
            .add_option(status)
            .add_option(self.is_of_priority())
            .add_option(self.is_due())
            .add_option(self.is_created())
    }

    fn has_label(&self, label: &str) -> SimpleExpr {
        let rows = Query::select()
            .expr(Expr::val(1))
            .from(label::Entity)
            .and_where(label::Column::Owner.eq(self.owner.as_str()))
            .and_where(label::Column::Label.eq(label))
            .and_where(label::Column::Number.into_expr().eq(task::Column::Number.into_expr()))
            // PostgreSQL would make a join of it, and might begin with the label.
            .limit(1)
            .offset(0)
            .to_owned();
        Expr::exists(rows)
    }
}

fn micros((from, until): (Option<Timestamp>, Option<Timestamp>)) -> (Option<i64>, Option<i64>) {
    (from.map(Timestamp::as_micros), until.map(Timestamp::as_micros))
}

/// The condition that a column has one of these values, the last one excluded; none where all are.
fn within(
    column: task::Column,
    (from, until): (Option<Timestamp>, Option<Timestamp>),
) -> Option<Condition> {
    (from.is_some() || until.is_some()).then(|| {
        Condition::all()
            .add_option(from.map(|from| column.gte(from)))
            .add_option(until.map(|until| column.lt(until)))
    })
}
