//! Which tasks a list holds, and in which order.

use tandem_clock::Timestamp;

use super::{Priority, Status};

/// Which tasks are wanted: those that satisfy every part that is set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// With this number.
    pub number: Option<i64>,
    /// Of this status.
    pub status: Option<Status>,
    /// Of this priority.
    pub priority: Option<Priority>,
    /// With every one of these labels.
    pub labels: Vec<String>,
    /// Due at this time or later.
    pub due_after: Option<Timestamp>,
    /// Due before this time.
    pub due_before: Option<Timestamp>,
    /// Created at this time or later.
    pub created_after: Option<Timestamp>,
    /// Created before this time.
    pub created_before: Option<Timestamp>,
    /// Pending, with a due time before this one.
    pub overdue_at: Option<Timestamp>,
    /// With a word that begins with each of these, as [`tandem_text_search::split`] gives them.
    pub words: Vec<String>,
    /// Deleted ones too.
    pub show_deleted: bool,
}

/// What a list is ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortField {
    /// When a task was created.
    Created,
    /// When it last changed.
    Updated,
    /// When it is due; a task without a due time comes behind all others.
    Due,
    /// How much it matters.
    Priority,
    /// Its number.
    Number,
}

impl SortField {
    /// The fields by the names that callers use, the default first.
    pub const NAMES: [(&'static str, Self); 5] = [
        ("number", Self::Number),
        ("create_time", Self::Created),
        ("update_time", Self::Updated),
        ("due_time", Self::Due),
        ("priority", Self::Priority),
    ];
}

/// Where a page ended: the last task's sort key, and its number, which tells apart tasks with the same
/// key. Encoded in page tokens.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub struct Position {
    /// The value of the field that the list is ordered by; the row where that is the number.
    #[prost(int64, tag = "1")]
    pub key: i64,
    /// The number.
    #[prost(int64, tag = "2")]
    pub number: i64,
}
