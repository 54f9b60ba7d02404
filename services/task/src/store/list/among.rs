//! Asking the filter of rows that were found, in their order.

use sea_orm::sea_query::{Alias, Asterisk, Expr, ExprTrait as _, Query, SelectStatement};
use sea_orm::{ColumnTrait as _, DbBackend};

use super::wanted::Wanted;
use crate::store::entity::task;

/// A limit that is none. It keeps a subquery apart, which databases else take as a part of the whole.
pub(super) const ALL: u64 = i64::MAX.unsigned_abs();

impl Wanted<'_> {
    /// Those of some rows of tasks that are wanted, in the order of the rows; `known` is a label that all
    /// of them have.
    pub(super) fn among(&self, rows: SelectStatement, known: Option<&str>) -> SelectStatement {
        let mut query = Query::select();
        query.column((task::Entity, Asterisk)).from_subquery(rows, Alias::new("tasks"));
        query.cond_where(self.condition(known)).limit(self.limit);
        query
    }

    /// Those of the tasks with some numbers that are wanted, in the order of the numbers' query, which
    /// gives their keys too. They are looked up one by one until the page is full.
    pub(super) fn among_numbers(
        &self,
        backend: DbBackend,
        numbers: SelectStatement,
    ) -> SelectStatement {
        let number = || Expr::col(("few", "number"));
        let mut rows = Query::select();
        rows.column((task::Entity, Asterisk)).from_subquery(numbers, Alias::new("few"));
        rows.cross_join(task::Entity).and_where(self.is_owned());
        rows.and_where(task::Column::Number.into_expr().eq(number())).limit(ALL);
        if backend == DbBackend::Postgres {
            // SQLite would look all of them up to sort what comes in this order.
            if self.column().is_some() {
                rows.order_by_expr(Expr::col(("few", "key")), self.direction());
            }
            rows.order_by_expr(number(), self.direction());
        }
        self.among(rows, None)
    }
}
