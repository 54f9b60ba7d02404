//! Where the rows of a page are looked for. A source gives the numbers of tasks from an index alone, never
//! more than a limit. Its statements read an index in its order, which PostgreSQL then takes for the
//! cheapest way, whatever it believes of the owner.

use sea_orm::DbBackend;

use super::query::{ListQuery, RANGED, sort_columns};
use super::statement::Writer;
use crate::domain::{Position, SortField};

/// A set of tasks that an index holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    /// All tasks by number; by another field, those of the filter's states and of its range of the field.
    Field(SortField),
    /// The tasks with a label, by number.
    Label(String),
    /// Tasks that are known by number; `have_words` if they have the words of the filter.
    Numbers { numbers: Vec<i64>, have_words: bool },
}

impl Source {
    /// The source that has the order of the list.
    pub(super) fn along_order(query: &ListQuery<'_>) -> Self {
        match (query.order.field, query.filter.number, query.filter.labels.first()) {
            (_, Some(number), _) => Self::Numbers { numbers: vec![number], have_words: false },
            (SortField::Number, None, Some(label)) => Self::Label(label.clone()),
            (field, None, _) => Self::Field(field),
        }
    }

    /// The rows looked at to find and look up the next `limit` tasks: an index that begins with the state
    /// is read once for each.
    pub(super) fn cost(&self, query: &ListQuery<'_>, limit: u64) -> u64 {
        match self {
            Self::Field(SortField::Number) | Self::Label(_) => 2 * limit,
            Self::Field(_) => (query.states().len() as u64 + 1) * limit,
            Self::Numbers { numbers, .. } => numbers.len() as u64,
        }
    }

    /// Selects the next `limit` numbers after the cursor, in the order of the list.
    pub(super) fn select_next(
        &self,
        sql: &mut Writer<'_>,
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
            Self::Numbers { numbers, .. } => match sql.backend {
                DbBackend::Postgres => {
                    format!("SELECT unnest({}::bigint[]) AS number", sql.bind(numbers.clone()))
                }
                _ => {
                    let numbers = serde_json::Value::from(numbers.as_slice()).to_string();
                    format!("SELECT value AS number FROM json_each({})", sql.bind(numbers))
                }
            },
        }
    }

    /// Selects up to `limit` numbers, in no order: of several states the first ones are enough.
    pub(super) fn select_any(&self, sql: &mut Writer<'_>, limit: u64) -> String {
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
    sql: &mut Writer<'_>,
    field: SortField,
    cursor: Option<Position>,
    limit: &str,
) -> String {
    let (columns, range) = (sort_columns(field), sql.range_condition(field));
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

/// The parts of the filter that have a source, but for the one that has been scanned. The states are part
/// of each range.
pub(super) fn parts(query: &ListQuery<'_>, scanned: &Source) -> Vec<Source> {
    let has_range = |field: &SortField| query.range(*field) != (None, None);
    let mut parts: Vec<_> = RANGED.into_iter().filter(has_range).map(Source::Field).collect();
    let is_by_state = matches!(scanned, Source::Field(field) if *field != SortField::Number);
    if parts.is_empty() && query.states().len() < 4 && !is_by_state {
        parts.push(Source::Field(SortField::Due));
    }
    parts.extend(query.filter.labels.iter().cloned().map(Source::Label));
    parts.retain(|part| part != scanned);
    parts
}
