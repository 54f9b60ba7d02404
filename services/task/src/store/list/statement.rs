//! Building SQL: fragments of statements and their bound values.

use sea_orm::{DbBackend, Statement, Value};
use tandem_aip::Direction;

use super::query::{ListQuery, sort_columns};
use crate::domain::{Filter, Position, SortField};

/// Builds a statement. `$1` is the owner.
pub(super) struct SqlBuilder<'a> {
    pub(super) query: &'a ListQuery<'a>,
    pub(super) backend: DbBackend,
    values: Vec<Value>,
}

impl<'a> SqlBuilder<'a> {
    pub(super) fn new(query: &'a ListQuery<'a>, backend: DbBackend) -> Self {
        Self { query, backend, values: vec![query.owner.as_str().into()] }
    }

    pub(super) fn build(self, text: String) -> Statement {
        Statement::from_sql_and_values(self.backend, text, self.values)
    }

    /// Binds a value and returns its placeholder.
    pub(super) fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    /// The filter without its words, as a condition on a row of `tasks`. It reads labels from the row, not
    /// from `task_labels`, so no other row is read.
    pub(super) fn row_condition(&mut self) -> String {
        // All fields by name: a new one that is left out does not compile.
        let Filter {
            number,
            labels,
            // In `states`.
            status: _,
            show_deleted: _,
            // In `range`; `overdue_at` also in `states`.
            priority: _,
            due_after: _,
            due_before: _,
            created_after: _,
            created_before: _,
            overdue_at: _,
            // Matched by the search index or by `Scan`.
            words: _,
        } = self.query.filter;
        let states = self.query.states().iter().map(i16::to_string).collect::<Vec<_>>();
        let mut all = format!("tasks.owner = $1 AND tasks.state IN ({})", states.join(", "));
        if let Some(number) = number {
            all += &format!(" AND tasks.number = {}", self.bind(*number));
        }
        for field in self.query.ranged_fields() {
            all += &self.range_condition(field);
        }
        for label in labels {
            let label = self.bind(label.as_str());
            all += &match self.backend {
                DbBackend::Postgres => format!(" AND jsonb_exists(tasks.labels, {label})"),
                _ => format!(
                    " AND EXISTS (SELECT 1 FROM json_each(tasks.labels) AS label \
                     WHERE label.value = {label})"
                ),
            };
        }
        all
    }

    /// ` AND …`, or nothing if the filter has no range of the field.
    pub(super) fn range_condition(&mut self, field: SortField) -> String {
        self.range_condition_after(field, None)
    }

    /// The same without the bound that a cursor in the order of the field implies. With both, SQLite would begin at
    /// the bound and skip every entry before the cursor.
    pub(super) fn range_condition_after(
        &mut self,
        field: SortField,
        cursor: Option<Position>,
    ) -> String {
        let (column, (from, until)) = (sort_columns(field)[0], self.query.range(field));
        let (from, until) = match (cursor, self.query.order.direction) {
            (None, _) => (from, until),
            (Some(_), Direction::Ascending) => (None, until),
            (Some(_), Direction::Descending) => (from, None),
        };
        let from = from.map(|from| format!(" AND {column} >= {}", self.bind(from)));
        let until = until.map(|until| format!(" AND {column} < {}", self.bind(until)));
        from.unwrap_or_default() + &until.unwrap_or_default()
    }

    /// ` AND …` for the rows after the cursor, or nothing without one.
    pub(super) fn after_cursor(&mut self, cursor: Option<Position>, table: &str) -> String {
        let Some(cursor) = cursor else { return String::new() };
        let (after, number) = (self.query.direction().1, self.bind(cursor.number));
        match self.query.sort_columns() {
            [column, _] => {
                let key = self.bind(cursor.key);
                format!(" AND ({table}.{column}, {table}.number) {after} ({key}, {number})")
            }
            _ => format!(" AND {table}.number {after} {number}"),
        }
    }

    /// `ORDER BY …` with these columns, in the direction of the list.
    pub(super) fn order_by(&self, columns: &[&str]) -> String {
        let direction = self.query.direction().0;
        let columns = columns.iter().map(|column| format!("{column} {direction}"));
        format!("ORDER BY {}", columns.collect::<Vec<_>>().join(", "))
    }

    /// `FROM …` the tasks with the numbers of a source. On PostgreSQL, a lateral subquery looks up each
    /// number, so that the planner cannot read other tasks first.
    pub(super) fn look_up(&self, numbers: &str) -> String {
        match self.backend {
            DbBackend::Postgres => format!(
                "FROM ({numbers}) AS picked JOIN LATERAL (SELECT * FROM tasks \
                 WHERE owner = $1 AND number = picked.number LIMIT 1) AS tasks ON TRUE"
            ),
            _ => format!(
                "FROM ({numbers}) AS picked CROSS JOIN tasks \
                 ON tasks.owner = $1 AND tasks.number = picked.number"
            ),
        }
    }
}
