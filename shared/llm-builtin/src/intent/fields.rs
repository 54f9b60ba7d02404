//! The task fields that an intent sets, changes or filters by.

use crate::date::{Now, Window};
use crate::priority::Priority;

/// A task to add.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct NewTask {
    /// As the user wrote it.
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    /// When it is due.
    pub(crate) due: Option<Now>,
    pub(crate) priority: Option<Priority>,
    /// Without the `#`.
    pub(crate) labels: Vec<String>,
}

/// The fields that change.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Patch {
    pub(crate) title: Option<String>,
    pub(crate) description: Option<String>,
    /// Text to put below the description that the task has.
    pub(crate) note: Option<String>,
    /// The new due time; `Some(None)` takes it away.
    pub(crate) due: Option<Option<Now>>,
    /// The new priority; `Some(None)` takes it away.
    pub(crate) priority: Option<Option<Priority>>,
    /// Labels to put on it.
    pub(crate) add_labels: Vec<String>,
    /// Labels to take off it.
    pub(crate) remove_labels: Vec<String>,
}

/// Which tasks are meant, by what they have in common.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Filter {
    /// The status; the tool's default if unset.
    pub(crate) status: Option<Status>,
    /// Only those that are late.
    pub(crate) overdue: bool,
    /// Only those due in it.
    pub(crate) window: Option<Window>,
    /// The words that named the window: "this week".
    pub(crate) window_text: String,
    pub(crate) priority: Option<Priority>,
    /// Only those with it.
    pub(crate) label: Option<String>,
    /// Words of the title or description, as they were said.
    pub(crate) query: Option<String>,
    /// How many at most.
    pub(crate) limit: Option<u64>,
}

/// The statuses that `list_tasks` knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Pending,
    Completed,
    All,
}
