//! The sources of a page's rows. A source selects task numbers from an index alone, up to a limit. Its
//! statements have the order of the index, so PostgreSQL reads them from it whatever its statistics say.

use sea_orm::DbBackend;

use super::query::{ListQuery, sort_columns};
use super::statement::SqlBuilder;
use crate::domain::{Position, SortField};

/// A set of tasks that can be read from an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    /// All tasks by number; by another field, those of the filter's states and of its range of the field.
    Field(SortField),
    /// The tasks with a label, by number.
    Label(String),
    /// Tasks with known numbers.
    Numbers(Numbers),
}

/// A set of task numbers, in no order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::store) struct Numbers {
    pub(in crate::store) numbers: Vec<i64>,
    /// Whether the tasks match the words of the filter.
    pub(in crate::store) match_words: bool,
    /// The number at which the search ended, if the list continues after it.
    pub(in crate::store) end: Option<i64>,
}

impl Source {
    /// The source that has the order of the list.
    pub(super) fn along_order(query: &ListQuery<'_>) -> Self {
        match (query.order.field, query.filter.number, query.filter.labels.first()) {
            (_, Some(number), _) => {
                Self::Numbers(Numbers { numbers: vec![number], ..Numbers::default() })
            }
            (SortField::Number, None, Some(label)) => Self::Label(label.clone()),
            (field, None, _) => Self::Field(field),
        }
    }

    /// The rows read to find and look up the next `limit` tasks. An index that begins with the state is read
    /// once per state.
    pub(super) fn cost(&self, query: &ListQuery<'_>, limit: u64) -> u64 {
        match self {
            Self::Field(SortField::Number) | Self::Label(_) => 2 * limit,
            Self::Field(_) => (query.states().len() as u64 + 1) * limit,
            Self::Numbers(it) => it.numbers.len() as u64,
        }
    }

    /// Selects the next `limit` numbers after the cursor, in the order of the list.
    pub(super) fn select_next(
        &self,
        sql: &mut SqlBuilder<'_>,
        cursor: Option<Position>,
        limit: u64,
    ) -> String {
        let limit_value = sql.bind(limit);
        match self {
            Self::Field(SortField::Number) | Self::Label(_) => {
                let (table, label) = match self {
                    Self::Label(label) => ("task_labels", Some(sql.bind(label.as_str()))),
                    _ => ("tasks", None),
                };
                let label = label.map(|label| format!(" AND label = {label}")).unwrap_or_default();
                let (after, order) = (sql.after_cursor(cursor, table), sql.order_by(&["number"]));
                format!(
                    "SELECT number FROM {table} WHERE owner = $1{label}{after} \
                     {order} LIMIT {limit_value}"
                )
            }
            Self::Field(field) => {
                let states = select_states(sql, *field, cursor, &limit_value);
                let order = sql.order_by(&["sort_key", "number"]);
                format!("{states} {order} LIMIT {limit_value}")
            }
            Self::Numbers(it) => match sql.backend {
                DbBackend::Postgres => {
                    format!("SELECT unnest({}::bigint[]) AS number", sql.bind(it.numbers.clone()))
                }
                _ => {
                    let numbers = serde_json::Value::from(it.numbers.as_slice()).to_string();
                    format!("SELECT value AS number FROM json_each({})", sql.bind(numbers))
                }
            },
        }
    }

    /// Selects up to `limit` numbers, in no order.
    pub(super) fn select_any(&self, sql: &mut SqlBuilder<'_>, limit: u64) -> String {
        match self {
            Self::Field(field) if *field != SortField::Number => {
                let limit = sql.bind(limit);
                format!("{} LIMIT {limit}", select_states(sql, *field, None, &limit))
            }
            _ => self.select_next(sql, None, limit),
        }
    }
}

/// The entries of each state in the index of a field.
fn select_states(
    sql: &mut SqlBuilder<'_>,
    field: SortField,
    cursor: Option<Position>,
    limit: &str,
) -> String {
    let (columns, range) = (sort_columns(field), sql.range_condition_after(field, cursor));
    let (after, order) = (sql.after_cursor(cursor, "tasks"), sql.order_by(columns));
    let states = sql.query.states().into_iter().map(|state| {
        format!(
            "SELECT * FROM (SELECT {column} AS sort_key, number FROM tasks \
             WHERE owner = $1 AND state = {state}{range}{after} {order} LIMIT {limit}) AS entries",
            column = columns[0]
        )
    });
    states.collect::<Vec<_>>().join(" UNION ALL ")
}

/// The parts of the filter that have a source, except the one that has been scanned. Each range includes the
/// states.
pub(super) fn parts(query: &ListQuery<'_>, scanned: &Source) -> Vec<Source> {
    let mut parts: Vec<_> = query.ranged_fields().map(Source::Field).collect();
    let is_by_state = matches!(scanned, Source::Field(field) if *field != SortField::Number);
    if parts.is_empty() && query.excludes_states() && !is_by_state {
        parts.push(Source::Field(SortField::Due));
    }
    parts.extend(query.filter.labels.iter().cloned().map(Source::Label));
    parts.retain(|part| part != scanned);
    parts
}
