//! The task fields that an intent sets, changes or filters by.

use crate::date::{Now, Window};
use crate::priority::Priority;

/// The fields of a new task.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct NewTask {
    /// The user's exact text.
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    pub(crate) due: Option<Now>,
    pub(crate) priority: Option<Priority>,
    /// Without the `#`.
    pub(crate) labels: Vec<String>,
}

/// The fields that an update changes.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Patch {
    pub(crate) title: Option<String>,
    pub(crate) description: Option<String>,
    /// Text to append to the current description.
    pub(crate) note: Option<String>,
    /// The new due time; `Some(None)` clears it.
    pub(crate) due: Option<Option<Now>>,
    /// The new priority; `Some(None)` clears it.
    pub(crate) priority: Option<Option<Priority>>,
    pub(crate) add_labels: Vec<String>,
    pub(crate) remove_labels: Vec<String>,
}

/// The conditions of a query or a bulk change.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Filter {
    /// `None` is the tool's default, pending.
    pub(crate) status: Option<Status>,
    pub(crate) overdue: bool,
    /// The range of due times.
    pub(crate) window: Option<Window>,
    /// The words of the window, for the reply: "this week".
    pub(crate) window_text: String,
    pub(crate) priority: Option<Priority>,
    pub(crate) label: Option<String>,
    /// Words of the title or description, in the user's form.
    pub(crate) query: Option<String>,
    /// The most tasks to list.
    pub(crate) limit: Option<u64>,
}

/// The statuses that `list_tasks` accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Pending,
    Completed,
    All,
}
