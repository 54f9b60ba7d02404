//! The filter, the order and the size of a page.

use tandem_aip::{Direction, Order};
use tandem_auth::Owner;
use tandem_clock::Timestamp;

use crate::domain::{Filter, Position, SortField, StatusKind};
use crate::store::entity::{self, NO_DUE_TIME, encode_priority, encode_state};

/// A page of a list.
#[derive(Debug, Clone, Copy)]
pub struct ListQuery<'a> {
    pub owner: &'a Owner,
    pub filter: &'a Filter,
    pub order: Order<SortField>,
    /// The end of the previous page; `None` for the first page.
    pub after: Option<Position>,
    /// Maximum number of tasks.
    pub size: u32,
}

impl ListQuery<'_> {
    /// Whether no task can satisfy the filter.
    pub(super) fn is_contradictory(&self) -> bool {
        self.filter.overdue_at.is_some() && self.filter.status == Some(StatusKind::Completed)
    }

    /// Whether every entry in the index of the order, within the filter's states and its range of the field,
    /// matches the filter.
    pub(super) fn is_answered_by_order(&self) -> bool {
        let Filter { number, labels, words, .. } = self.filter;
        let field = self.order.field;
        field != SortField::Number
            && self.ranged_fields().all(|ranged| ranged == field)
            && number.is_none()
            && labels.is_empty()
            && words.is_empty()
    }

    /// The size of a page, plus the task that shows that there is another page.
    pub(in crate::store) fn page_limit(&self) -> u64 {
        u64::from(self.size) + 1
    }

    /// The stored states that match the filter.
    pub(super) fn states(&self) -> Vec<i16> {
        let status = self.filter.status.or(self.filter.overdue_at.map(|_| StatusKind::Pending));
        entity::states()
            .filter(|(it, _)| status.is_none_or(|status| status == *it))
            .filter(|(_, is_deleted)| self.filter.show_deleted || !is_deleted)
            .map(|(status, is_deleted)| encode_state(status, is_deleted))
            .collect()
    }

    /// Whether the filter excludes a state.
    pub(super) fn excludes_states(&self) -> bool {
        self.states().len() < entity::states().count()
    }

    /// The fields that have a range in the filter. Each has an index.
    pub(super) fn ranged_fields(&self) -> impl Iterator<Item = SortField> {
        let fields = SortField::NAMES.into_iter().map(|(_, field)| field);
        fields.filter(|field| self.range(*field) != (None, None))
    }

    /// The range of a field in the filter: inclusive start, exclusive end.
    pub(super) fn range(&self, field: SortField) -> (Option<i64>, Option<i64>) {
        let filter = self.filter;
        match field {
            SortField::Due => {
                let before = filter.due_before.into_iter().chain(filter.overdue_at).min();
                // A task without a due time is in no range.
                micros((filter.due_after, before.or(filter.due_after.map(|_| NO_DUE_TIME))))
            }
            SortField::Created => micros((filter.created_after, filter.created_before)),
            SortField::Priority => {
                let key = filter.priority.map(|it| i64::from(encode_priority(Some(it))));
                (key, key.map(|key| key + 1))
            }
            SortField::Updated | SortField::Number => (None, None),
        }
    }

    /// The columns that the list is sorted by.
    pub(super) fn sort_columns(&self) -> &'static [&'static str] {
        sort_columns(self.order.field)
    }

    /// `ASC` or `DESC`, and the comparison that holds after a cursor.
    pub(super) fn direction(&self) -> (&'static str, &'static str) {
        match self.order.direction {
            Direction::Ascending => ("ASC", ">"),
            Direction::Descending => ("DESC", "<"),
        }
    }
}

fn micros((from, until): (Option<Timestamp>, Option<Timestamp>)) -> (Option<i64>, Option<i64>) {
    (from.map(Timestamp::as_micros), until.map(Timestamp::as_micros))
}

/// The columns of an order: the field, and the number, which tells apart tasks that are equal in it.
pub(super) fn sort_columns(field: SortField) -> &'static [&'static str] {
    match field {
        SortField::Created => &["create_time", "number"],
        SortField::Updated => &["update_time", "number"],
        SortField::Due => &["due_time", "number"],
        SortField::Priority => &["priority", "number"],
        SortField::Number => &["number"],
    }
}
