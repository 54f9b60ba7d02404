//! Tasks due within some days, by number: the tasks of each day are in that order in an index, and are
//! merged.

use sea_orm::sea_query::{Alias, Expr, Query, SelectStatement, UnionType};
use sea_orm::{ColumnTrait as _, DbBackend};

use super::among::ALL;
use super::stretch::Stretch;
use super::wanted::Wanted;
use crate::domain::SortField;
use crate::store::entity::task;
use crate::store::indexes::Index;

/// More days than this are not merged: what is due within them is no small part of all.
const MOST: i64 = 35;

/// Microseconds in a day.
const DAY: i64 = 86_400_000_000;

/// The day of a task, as in the index.
const OF_TASK: &str = "(tasks.due_time / 86400000000)";

/// Days since 1970 (UTC): the first and the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Days {
    first: i64,
    last: i64,
}

impl Days {
    /// The days that a page is read from, where it is one of that kind.
    pub(super) fn of(wanted: &Wanted<'_>) -> Option<Self> {
        let filter = wanted.filter;
        let by_number = wanted.order.field == SortField::Number;
        let narrower = filter.number.is_some() || !filter.labels.is_empty();
        if !by_number || narrower || filter.show_deleted {
            return None;
        }
        let before = filter.due_before.into_iter().chain(filter.overdue_at).min()?;
        let (first, end) = (filter.due_after?.as_micros(), before.as_micros());
        let days = Self { first: first / DAY, last: end.saturating_sub(1) / DAY };
        // None at all is left to the others, who find nothing at once.
        (0..MOST).contains(&days.last.saturating_sub(days.first)).then_some(days)
    }

    /// The first of the wanted tasks: of those of each day as many as the page needs at most, merged.
    pub(super) fn rows(self, backend: DbBackend, wanted: &Wanted<'_>) -> SelectStatement {
        let mut days = (self.first..=self.last).map(|day| of_day(backend, day, wanted));
        let Some(mut numbers) = days.next() else { return Query::select() };
        numbers.unions(days.map(|day| (UnionType::All, day)));
        numbers.order_by_expr(Expr::col("number"), wanted.direction()).limit(wanted.limit);
        wanted.among_numbers(backend, numbers)
    }
}

/// The numbers of the first wanted tasks of a day, as a part of a union.
fn of_day(backend: DbBackend, day: i64, wanted: &Wanted<'_>) -> SelectStatement {
    use task::Column::{CreateTime, DeleteTime, DueTime, Number, Priority, Status};
    let filter = wanted.filter;
    let is_asked = [
        (Status, wanted.status().is_some()),
        (Priority, filter.priority.is_some()),
        (CreateTime, filter.created_after.or(filter.created_before).is_some()),
    ];
    let asked = is_asked.into_iter().filter(|(_, is_asked)| *is_asked).map(|(column, _)| column);
    let asked = asked.collect::<Vec<_>>();
    let is_entry_enough = asked.is_empty() && wanted.is_due_throughout(day * DAY, DAY);
    let mut entries = Query::select();
    let columns = if is_entry_enough { &[Number][..] } else { &[Number, DueTime] };
    entries.columns(columns.iter().chain(&asked).map(|column| (task::Entity, *column)));
    entries.from(task::Entity).and_where(DeleteTime.is_null());
    let owner = Index::DueDay.key(backend, wanted.owner);
    let prefix = vec![owner, (Expr::cust(OF_TASK), Expr::val(day))];
    Stretch { prefix, number: Number.into_expr() }.read(wanted, &mut entries);
    let mut first = Query::select();
    if is_entry_enough {
        first
            .column(Number)
            .from_subquery(entries.limit(wanted.limit).to_owned(), Alias::new("day"));
        return first;
    }
    first.column((task::Entity, Number)).limit(wanted.limit);
    first.from_subquery(entries.limit(ALL).to_owned(), Alias::new("tasks"));
    first.cond_where(wanted.condition_of_columns());
    let mut part = Query::select();
    part.column(Number).from_subquery(first, Alias::new("day"));
    part
}
