//! The filter of a list as conditions on a row of `tasks`. Its words are not among them: they have an index.

use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{ColumnTrait as _, Condition, DbBackend};

use super::query::{KeyRange, ListQuery, column_of};
use crate::domain::SortField;
use crate::store::entity::{NEVER, task};

/// The fields that have a range in the filter and an index.
pub(super) const RANGED: [SortField; 3] =
    [SortField::Due, SortField::Created, SortField::Priority];

impl ListQuery<'_> {
    /// All of the filter but its words.
    pub(super) fn row_condition(&self, backend: DbBackend) -> Condition {
        let number = self.filter.number.map(|number| task::Column::Number.eq(number));
        let mut all = Condition::all().add(self.owner_condition()).add_option(number);
        all = all.add(task::Column::State.is_in(self.states()));
        for field in RANGED {
            let range = |column| range_condition(column, self.key_range(field));
            all = all.add_option(column_of(field).map(range));
        }
        for label in &self.filter.labels {
            all = all.add(label_condition(backend, label));
        }
        all
    }

    pub(super) fn owner_condition(&self) -> SimpleExpr {
        task::Column::Owner.eq(self.owner.as_str())
    }

    /// The due times; tasks that are never due are outside of any range.
    pub(super) fn due_range(&self) -> KeyRange {
        let filter = self.filter;
        let before = filter.due_before.into_iter().chain(filter.overdue_at).min();
        (filter.due_after, before.or(filter.due_after.map(|_| NEVER)))
    }
}

/// The condition that a column is in a range.
pub(super) fn range_condition(column: task::Column, (from, until): KeyRange) -> Condition {
    Condition::all()
        .add_option(from.map(|from| column.gte(from)))
        .add_option(until.map(|until| column.lt(until)))
}

/// The condition that a task has a label: asked of the row itself, so that no other row is looked at.
fn label_condition(backend: DbBackend, label: &str) -> SimpleExpr {
    let sql = match backend {
        DbBackend::Postgres => "jsonb_exists(tasks.labels, $1)",
        _ => "EXISTS (SELECT 1 FROM json_each(tasks.labels) AS label WHERE label.value = ?)",
    };
    Expr::cust_with_values(sql, [label])
}
