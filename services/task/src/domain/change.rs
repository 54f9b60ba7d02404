//! Changes of tasks, as the change log records them.

use tandem_clock::Timestamp;

use super::Task;

/// One entry of an owner's change log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// 1, 2, 3… per owner, without gaps.
    pub sequence: i64,
    pub kind: ChangeKind,
    /// The task after the change; its [`Task::tombstone`] if it was purged.
    pub task: Task,
    pub time: Timestamp,
}

/// The kind of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    Created,
    Updated,
    Completed,
    Reopened,
    Deleted,
    Undeleted,
    /// Removed permanently; the content is gone.
    Purged,
}
