//! Writing statements: parts of their text, with the values bound as they are named.

use sea_orm::{DbBackend, Statement, Value};

use super::query::{ListQuery, RANGED, sort_columns};
use crate::domain::{Position, SortField};

/// A statement that is being written.
pub(super) struct Writer<'a> {
    pub(super) query: &'a ListQuery<'a>,
    pub(super) backend: DbBackend,
    values: Vec<Value>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(query: &'a ListQuery<'a>, backend: DbBackend) -> Self {
        Self { query, backend, values: vec![query.owner.as_str().into()] }
    }

    pub(super) fn build(self, text: String) -> Statement {
        Statement::from_sql_and_values(self.backend, text, self.values)
    }

    /// Binds a value; returns its placeholder. The owner is always `$1`.
    pub(super) fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    /// All of the filter but its words, as a condition on a row of `tasks`. Labels are asked of the row
    /// itself, so that no other row is looked at.
    pub(super) fn row_condition(&mut self) -> String {
        let states = self.query.states().iter().map(i16::to_string).collect::<Vec<_>>();
        let mut all = format!("tasks.owner = $1 AND tasks.state IN ({})", states.join(", "));
        if let Some(number) = self.query.filter.number {
            all += &format!(" AND tasks.number = {}", self.bind(number));
        }
        for field in RANGED {
            all += &self.range_condition(field);
        }
        for label in &self.query.filter.labels {
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
        let (column, (from, until)) = (sort_columns(field)[0], self.query.range(field));
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

    /// `FROM …` the tasks that have the numbers of a source, which is read first. PostgreSQL must not begin
    /// with other tasks, and cannot where each number is looked up by a subquery of its own.
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
