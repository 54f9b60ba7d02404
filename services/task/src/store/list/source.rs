//! Where the rows of a page are looked for. A source gives the numbers of tasks from an index alone, never
//! more than a limit.

use sea_orm::sea_query::{Alias, Expr, Func, Query, SelectStatement, SimpleExpr, UnionType, Value};
use sea_orm::{ColumnTrait as _, Condition, DbBackend};

use super::conditions::{RANGED, range_condition};
use super::query::{ListQuery, column_of};
use crate::domain::{Filter, Position, SortField};
use crate::store::entity::{label, task};

/// A set of tasks that an index holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    /// All tasks, by number.
    Number,
    /// The tasks of the states that the filter admits and of its range of a field, by that field.
    Field(SortField),
    /// The tasks with a label, by number.
    Label(String),
    /// Tasks that are known by number; `have_words` if they have the words of the filter.
    Numbers { numbers: Vec<i64>, have_words: bool },
}

/// The columns of a source.
const NUMBER: &str = "number";
const SORT_KEY: &str = "sort_key";

impl Source {
    /// The source that has the order of the list.
    pub(super) fn along_order(query: &ListQuery<'_>) -> Self {
        if let Some(number) = query.filter.number {
            return Self::Numbers { numbers: vec![number], have_words: false };
        }
        match (query.order.field, query.filter.labels.first()) {
            (SortField::Number, Some(label)) => Self::Label(label.clone()),
            (SortField::Number, None) => Self::Number,
            (field, _) => Self::Field(field),
        }
    }

    /// Whether each of its tasks satisfies the filter.
    pub(super) fn is_exact(&self, query: &ListQuery<'_>) -> bool {
        let mut rest = query.filter.clone();
        match self {
            Self::Field(field) => {
                (rest.status, rest.show_deleted) = (None, true);
                match field {
                    SortField::Due => {
                        (rest.due_after, rest.due_before, rest.overdue_at) = (None, None, None);
                    }
                    SortField::Created => {
                        (rest.created_after, rest.created_before) = (None, None);
                    }
                    SortField::Priority => rest.priority = None,
                    SortField::Updated | SortField::Number => {}
                }
            }
            Self::Label(_) if rest.labels.len() == 1 => rest.labels.clear(),
            Self::Number | Self::Label(_) | Self::Numbers { .. } => {}
        }
        rest == Filter { show_deleted: true, ..Filter::default() }
    }

    /// The index entries looked at for each row: one a state, where an index begins with it.
    pub(super) fn entries_per_row(&self, query: &ListQuery<'_>) -> u64 {
        match self {
            Self::Field(_) => query.states().len() as u64,
            Self::Number | Self::Label(_) => 1,
            Self::Numbers { .. } => 0,
        }
    }

    /// The next `limit` numbers after the cursor.
    pub(super) fn select(
        &self,
        backend: DbBackend,
        query: &ListQuery<'_>,
        cursor: Option<Position>,
        limit: u64,
    ) -> SelectStatement {
        match self {
            Self::Numbers { numbers, .. } => select_numbers(backend, numbers),
            Self::Number => {
                let number = || task::Column::Number.into_expr();
                let mut rows = Query::select();
                rows.expr_as(number(), NUMBER).from(task::Entity);
                rows.and_where(query.owner_condition());
                read_in_order(&mut rows, query, None, cursor, number(), limit);
                rows
            }
            Self::Label(name) => {
                let number = || label::Column::Number.into_expr();
                let mut rows = Query::select();
                rows.expr_as(number(), NUMBER).from(label::Entity);
                rows.and_where(label::Column::Owner.eq(query.owner.as_str()));
                rows.and_where(label::Column::Label.eq(name));
                read_in_order(&mut rows, query, None, cursor, number(), limit);
                rows
            }
            Self::Field(field) => select_states(query, *field, cursor, limit),
        }
    }
}

/// The sources that hold a part of the filter, but for the one that has been scanned. A range and the
/// states are one source.
pub(super) fn parts(query: &ListQuery<'_>, scanned: &Source) -> Vec<Source> {
    let has_range = |field: &SortField| query.key_range(*field) != (None, None);
    let mut parts: Vec<_> = RANGED.into_iter().filter(has_range).map(Source::Field).collect();
    let is_by_state = matches!(scanned, Source::Field(_));
    if parts.is_empty() && query.states().len() < 4 && !is_by_state {
        parts.push(Source::Field(SortField::Due));
    }
    parts.extend(query.filter.labels.iter().cloned().map(Source::Label));
    parts.retain(|part| part != scanned);
    parts
}

/// The states' entries of the index of a field, merged.
fn select_states(
    query: &ListQuery<'_>,
    field: SortField,
    cursor: Option<Position>,
    limit: u64,
) -> SelectStatement {
    let states = query.states().into_iter();
    let mut states = states.map(|state| select_state(query, field, state, cursor, limit));
    let mut merged = states.next().unwrap_or_default();
    let mut others = states.peekable();
    if others.peek().is_some() {
        merged.unions(others.map(|it| (UnionType::All, it)));
        merged.order_by_expr(Expr::col(SORT_KEY), query.direction());
        merged.order_by_expr(Expr::col(NUMBER), query.direction()).limit(limit);
    }
    merged
}

/// One state's entries, as a query that can be part of a union on either database.
fn select_state(
    query: &ListQuery<'_>,
    field: SortField,
    state: i16,
    cursor: Option<Position>,
    limit: u64,
) -> SelectStatement {
    let number = || task::Column::Number.into_expr();
    let column = column_of(field);
    let mut entries = Query::select();
    let sort_key = column.map_or(number(), |column| column.into_expr());
    entries.expr_as(sort_key, SORT_KEY).expr_as(number(), NUMBER).from(task::Entity);
    entries.and_where(query.owner_condition()).and_where(task::Column::State.eq(state));
    let range = column.map(|column| range_condition(column, query.key_range(field)));
    entries.cond_where(Condition::all().add_option(range));
    read_in_order(&mut entries, query, column, cursor, number(), limit);
    let mut part = Query::select();
    part.column(SORT_KEY).column(NUMBER).from_subquery(entries, Alias::new("entries"));
    part
}

/// Reads an index in its order, which PostgreSQL then takes for the cheapest way, whatever it believes of
/// the owner.
fn read_in_order(
    rows: &mut SelectStatement,
    query: &ListQuery<'_>,
    column: Option<task::Column>,
    cursor: Option<Position>,
    number: SimpleExpr,
    limit: u64,
) {
    rows.and_where_option(query.after_cursor(cursor, number.clone()));
    query.sort_by(rows, column, number);
    rows.limit(limit);
}

/// Known numbers as a query.
fn select_numbers(backend: DbBackend, numbers: &[i64]) -> SelectStatement {
    let mut rows = Query::select();
    match backend {
        DbBackend::Postgres => {
            let numbers = Expr::val(Value::from(numbers.to_vec()));
            let unnest = Func::cust("unnest").arg(numbers);
            rows.expr_as(Expr::col("picked"), NUMBER).from_function(unnest, "picked");
        }
        _ => {
            let numbers = Expr::val(serde_json::Value::from(numbers).to_string());
            let each = Func::cust("json_each").arg(numbers);
            rows.expr_as(Expr::col("value"), NUMBER).from_function(each, "picked");
        }
    }
    rows
}
