//! A task and its state transitions.

use tandem_aip::{Mask, Updatable};
use tandem_clock::Timestamp;
use tandem_error::Error;
use tandem_proto::task as proto;
use uuid::Uuid;

/// The fields that an update mask may name (AIP-134), from the options of the contract.
pub const UPDATABLE: Updatable = Updatable {
    resource: <proto::Task as tandem_proto::Updatable>::NAME,
    fields: <proto::Task as tandem_proto::Updatable>::UPDATABLE,
    output_only: <proto::Task as tandem_proto::Updatable>::IGNORED,
};

/// The most labels of a task, as in the contract.
const MAX_LABELS: usize = 20;

/// A to-do task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// UUIDv7.
    pub id: Uuid,
    /// 1, 2, 3… per owner, in the order of creation.
    pub number: i64,
    pub title: String,
    pub description: String,
    pub status: Status,
    pub priority: Option<Priority>,
    pub due: Option<Timestamp>,
    /// Without duplicates.
    pub labels: Vec<String>,
    pub created: Timestamp,
    pub updated: Timestamp,
    pub deleted: Option<Timestamp>,
    /// Starts at 1 and grows by 1 with each change; the etag is derived from it.
    pub version: i64,
}

/// The completion status of a task. A pending task has no completion time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Pending,
    Completed { at: Timestamp },
}

/// The status without its time, as lists filter by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusKind {
    Pending,
    Completed,
}

impl StatusKind {
    /// All kinds. A new one does not compile until it is added to both lists.
    pub const ALL: [Self; 2] = match Self::Pending {
        Self::Pending | Self::Completed => [Self::Pending, Self::Completed],
    };
}

impl Status {
    #[must_use]
    pub fn kind(self) -> StatusKind {
        match self {
            Self::Pending => StatusKind::Pending,
            Self::Completed { .. } => StatusKind::Completed,
        }
    }

    /// `None` if the task is pending.
    #[must_use]
    pub fn completed_at(self) -> Option<Timestamp> {
        match self {
            Self::Pending => None,
            Self::Completed { at } => Some(at),
        }
    }
}

/// The importance of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Priority {
    Low,
    Medium,
    High,
}

/// The fields of a task that callers set, validated and normalised.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    pub title: String,
    pub description: String,
    pub priority: Option<Priority>,
    pub due: Option<Timestamp>,
    /// May contain duplicates; [`Draft::into_task`] removes them.
    pub labels: Vec<String>,
}

/// Labels to add to a task and to remove from it; the others stay.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LabelChange {
    pub add: Vec<String>,
    pub remove: Vec<String>,
}

impl LabelChange {
    /// The labels after the change.
    ///
    /// # Errors
    /// [`Error::Invalid`] if they are too many.
    fn apply(&self, labels: &[String]) -> Result<Vec<String>, Error> {
        let kept = labels.iter().filter(|label| !self.remove.contains(label));
        let after = deduplicate_labels(kept.chain(&self.add).cloned().collect());
        if after.len() > MAX_LABELS && !self.add.is_empty() {
            let description = format!("would give the task more than {MAX_LABELS} labels");
            return Err(Error::invalid("add_labels", description));
        }
        Ok(after)
    }
}

impl Draft {
    /// A new task, pending, version 1.
    #[must_use]
    pub fn into_task(self, id: Uuid, number: i64, now: Timestamp) -> Task {
        Task {
            id,
            number,
            title: self.title,
            description: self.description,
            status: Status::Pending,
            priority: self.priority,
            due: self.due,
            labels: deduplicate_labels(self.labels),
            created: now,
            updated: now,
            deleted: None,
            version: 1,
        }
    }
}

impl Task {
    /// Copies the fields that `mask` names from `draft`, and changes the labels.
    ///
    /// # Errors
    /// [`Error::StateConflict`] on a deleted task; [`Error::Invalid`] if it would have too many labels.
    pub fn update(
        &mut self,
        draft: &Draft,
        mask: &Mask,
        change: &LabelChange,
        now: Timestamp,
    ) -> Result<(), Error> {
        let labels_after = change.apply(&self.labels)?;
        // All fields by name: a new one that is not applied here does not compile without a warning.
        let Draft { title, description, priority, due, labels } = draft;
        self.apply_change(now, |task| {
            if mask.has("title") {
                task.title.clone_from(title);
            }
            if mask.has("description") {
                task.description.clone_from(description);
            }
            if mask.has("priority") {
                task.priority = *priority;
            }
            if mask.has("due_time") {
                task.due = *due;
            }
            if mask.has("labels") {
                task.labels = deduplicate_labels(labels.clone());
            } else {
                task.labels = labels_after;
            }
        })
    }

    /// Completes the task. No effect on a completed one.
    ///
    /// # Errors
    /// [`Error::StateConflict`] on a deleted task.
    pub fn complete(&mut self, now: Timestamp) -> Result<(), Error> {
        self.apply_change(now, |task| {
            if task.status == Status::Pending {
                task.status = Status::Completed { at: now };
            }
        })
    }

    /// Reopens the task. No effect on a pending one.
    ///
    /// # Errors
    /// [`Error::StateConflict`] on a deleted task.
    pub fn reopen(&mut self, now: Timestamp) -> Result<(), Error> {
        self.apply_change(now, |task| {
            task.status = Status::Pending;
        })
    }

    /// Deletes the task softly. No effect on a deleted one.
    pub fn delete(&mut self, now: Timestamp) {
        if self.deleted.is_none() {
            self.deleted = Some(now);
            self.bump_version(now);
        }
    }

    /// Reverts the deletion. No effect if the task is not deleted.
    pub fn undelete(&mut self, now: Timestamp) {
        if self.deleted.take().is_some() {
            self.bump_version(now);
        }
    }

    /// What remains visible after the purge: id, number and version, no content.
    #[must_use]
    pub fn tombstone(&self) -> Self {
        Self {
            version: self.version,
            ..Draft::default().into_task(self.id, self.number, self.created)
        }
    }

    /// Applies `change`; the version grows only if a field changed.
    fn apply_change(
        &mut self,
        now: Timestamp,
        change: impl FnOnce(&mut Self),
    ) -> Result<(), Error> {
        if self.deleted.is_some() {
            return Err(Error::StateConflict("the task is deleted"));
        }
        let before = self.clone();
        change(self);
        if *self != before {
            self.bump_version(now);
        }
        Ok(())
    }

    fn bump_version(&mut self, now: Timestamp) {
        self.version += 1;
        self.updated = now;
    }
}

fn deduplicate_labels(labels: Vec<String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::with_capacity(labels.len());
    for label in labels {
        if !kept.contains(&label) {
            kept.push(label);
        }
    }
    kept
}

#[cfg(test)]
mod tests;
