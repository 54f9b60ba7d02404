//! Changes: what watchers get to know.

use tandem_clock::Timestamp;

use super::Task;

/// One change of one task, at its place in the owner's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// 1, 2, 3… for each owner, without gaps.
    pub sequence: i64,
    /// What was done.
    pub kind: ChangeKind,
    /// The task after it; what [`Task::remains`] of it where it was purged.
    pub task: Task,
    /// When it was done.
    pub time: Timestamp,
}

/// What was done to a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// Created.
    Created,
    /// Fields changed.
    Updated,
    /// Marked as done.
    Completed,
    /// Marked as still to be done.
    Reopened,
    /// Deleted.
    Deleted,
    /// Its deletion taken back.
    Undeleted,
    /// Gone for good.
    Purged,
}
