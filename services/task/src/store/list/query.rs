//! What a page is to hold.

use sea_orm::sea_query::{Expr, ExprTrait as _, SelectStatement, SimpleExpr};
use sea_orm::{ColumnTrait as _, Order as SqlOrder};
use tandem_aip::{Direction, Order};
use tandem_auth::Owner;

use crate::domain::{Filter, Position, SortField, Status};
use crate::store::entity::{priority_number, state_number, task};

/// A page of a list.
#[derive(Debug, Clone, Copy)]
pub struct ListQuery<'a> {
    /// Whose tasks.
    pub owner: &'a Owner,
    /// Which of them.
    pub filter: &'a Filter,
    /// In which order.
    pub order: Order<SortField>,
    /// Where the page before ended; `None` for the first.
    pub after: Option<Position>,
    /// The most tasks of the page.
    pub size: u32,
}

/// A range of sort keys, the end excluded.
pub(super) type KeyRange = (Option<i64>, Option<i64>);

impl ListQuery<'_> {
    /// Whether no task can satisfy the filter.
    pub(super) fn is_contradictory(&self) -> bool {
        self.filter.overdue_at.is_some() && self.filter.status == Some(Status::Completed)
    }

    /// The tasks of a page, and the one that shows that there is another page.
    pub(super) fn page_limit(&self) -> u64 {
        u64::from(self.size) + 1
    }

    /// The column that the list is sorted by before the number; `None` for the number alone.
    pub(super) fn sort_column(&self) -> Option<task::Column> {
        column_of(self.order.field)
    }

    /// The stored states that the filter admits.
    pub(super) fn states(&self) -> Vec<i16> {
        let status = self.filter.status.or(self.filter.overdue_at.map(|_| Status::Pending));
        let admits = |it: &(Status, bool)| {
            status.is_none_or(|status| status == it.0) && (self.filter.show_deleted || !it.1)
        };
        let all = [Status::Pending, Status::Completed].into_iter();
        let all = all.flat_map(|status| [(status, false), (status, true)]);
        all.filter(admits).map(|(status, is_deleted)| state_number(status, is_deleted)).collect()
    }

    /// The part of the filter on a field that is a range of its index.
    pub(super) fn key_range(&self, field: SortField) -> KeyRange {
        let filter = self.filter;
        match field {
            SortField::Due => self.due_range(),
            SortField::Created => (filter.created_after, filter.created_before),
            SortField::Priority => {
                let key = filter.priority.map(|it| i64::from(priority_number(Some(it))));
                (key, key.map(|key| key + 1))
            }
            SortField::Updated | SortField::Number => (None, None),
        }
    }

    pub(super) fn direction(&self) -> SqlOrder {
        match self.order.direction {
            Direction::Ascending => SqlOrder::Asc,
            Direction::Descending => SqlOrder::Desc,
        }
    }

    /// Sorts `rows` by `column`, if there is one, and the number.
    pub(super) fn sort_by(
        &self,
        rows: &mut SelectStatement,
        column: Option<task::Column>,
        number: SimpleExpr,
    ) {
        let keys = column.map(|column| column.into_expr()).into_iter().chain([number]);
        for key in keys {
            rows.order_by_expr(key, self.direction());
        }
    }

    /// The condition for rows after the cursor, in the order of the list.
    pub(super) fn after_cursor(
        &self,
        cursor: Option<Position>,
        number: SimpleExpr,
    ) -> Option<SimpleExpr> {
        let cursor = cursor?;
        let (row, cursor) = match self.sort_column() {
            Some(column) => {
                let cursor = [Expr::val(cursor.key), Expr::val(cursor.number)];
                (Expr::tuple([column.into_expr(), number]), Expr::tuple(cursor))
            }
            None => (number, Expr::val(cursor.number)),
        };
        Some(match self.order.direction {
            Direction::Ascending => row.gt(cursor),
            Direction::Descending => row.lt(cursor),
        })
    }
}

/// The column of a field, in which tasks can be equal; `None` for the number.
pub(super) fn column_of(field: SortField) -> Option<task::Column> {
    match field {
        SortField::Created => Some(task::Column::CreateTime),
        SortField::Updated => Some(task::Column::UpdateTime),
        SortField::Due => Some(task::Column::DueTime),
        SortField::Priority => Some(task::Column::Priority),
        SortField::Number => None,
    }
}
