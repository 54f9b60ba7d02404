//! What a page is to hold.

use tandem_aip::{Direction, Order};
use tandem_auth::Owner;

use tandem_clock::Timestamp;

use crate::domain::{Filter, Position, SortField, StatusKind};
use crate::store::entity::{NO_DUE_TIME, encode_priority, encode_state};

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

/// The fields that have a range in the filter and an index.
pub(super) const RANGED: [SortField; 3] = [SortField::Due, SortField::Created, SortField::Priority];

impl ListQuery<'_> {
    /// Whether no task can satisfy the filter.
    pub(super) fn is_contradictory(&self) -> bool {
        self.filter.overdue_at.is_some() && self.filter.status == Some(StatusKind::Completed)
    }

    /// The tasks of a page, and the one that shows that there is another page.
    pub(super) fn page_limit(&self) -> u64 {
        u64::from(self.size) + 1
    }

    /// The stored states that the filter admits.
    pub(super) fn states(&self) -> Vec<i16> {
        let status = self.filter.status.or(self.filter.overdue_at.map(|_| StatusKind::Pending));
        let all = [StatusKind::Pending, StatusKind::Completed].into_iter();
        all.filter(|it| status.is_none_or(|status| status == *it))
            .flat_map(|it| [(it, false), (it, true)])
            .filter(|(_, is_deleted)| self.filter.show_deleted || !is_deleted)
            .map(|(status, is_deleted)| encode_state(status, is_deleted))
            .collect()
    }

    /// The part of the filter that is a range of a field, the end excluded.
    pub(super) fn range(&self, field: SortField) -> (Option<i64>, Option<i64>) {
        let filter = self.filter;
        match field {
            SortField::Due => {
                let before = filter.due_before.into_iter().chain(filter.overdue_at).min();
                // A task that is never due is in no range.
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
