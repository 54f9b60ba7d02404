//! The filter and the sort order of a list.

use tandem_clock::Timestamp;

use super::{Priority, StatusKind};

/// The conditions of a list; a task has to satisfy all that are set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub number: Option<i64>,
    pub status: Option<StatusKind>,
    pub priority: Option<Priority>,
    /// The task has all of these labels.
    pub labels: Vec<String>,
    /// Inclusive lower bound of the due time.
    pub due_after: Option<Timestamp>,
    /// Exclusive upper bound of the due time.
    pub due_before: Option<Timestamp>,
    /// Inclusive lower bound of the creation time.
    pub created_after: Option<Timestamp>,
    /// Exclusive upper bound of the creation time.
    pub created_before: Option<Timestamp>,
    /// Pending tasks with a due time before this one.
    pub overdue_at: Option<Timestamp>,
    /// Word prefixes, as [`tandem_text_search::split_words`] returns them; a task has to match all of them.
    pub words: Vec<String>,
    /// Includes deleted tasks.
    pub show_deleted: bool,
}

/// The sort key of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortField {
    Created,
    Updated,
    /// Tasks without a due time come last.
    Due,
    Priority,
    Number,
}

impl SortField {
    /// The names of the fields in `order_by`, the default first.
    pub const NAMES: [(&'static str, Self); 5] = [
        ("number", Self::Number),
        ("create_time", Self::Created),
        ("update_time", Self::Updated),
        ("due_time", Self::Due),
        ("priority", Self::Priority),
    ];
}

/// The cursor of a page: the sort key and the number of the last row that was scanned. The number breaks
/// ties between equal keys. Encoded in page tokens.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub struct Position {
    /// The value of the sort field.
    #[prost(int64, tag = "1")]
    pub key: i64,
    #[prost(int64, tag = "2")]
    pub number: i64,
}
