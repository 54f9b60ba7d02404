//! A task and what may happen to it.

use serde::{Deserialize, Serialize};
use tandem_aip::{Mask, Updatable};
use tandem_clock::Timestamp;
use tandem_error::Error;
use uuid::Uuid;

/// What an update may name.
pub const UPDATABLE: Updatable = Updatable {
    resource: "task",
    fields: &["title", "description", "priority", "due_time", "labels"],
    output_only: &[
        "id",
        "number",
        "status",
        "create_time",
        "update_time",
        "complete_time",
        "delete_time",
        "etag",
    ],
};

/// One thing that somebody has to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Its id.
    pub id: Uuid,
    /// 1, 2, 3… per owner.
    pub number: i64,
    /// What is to be done.
    pub title: String,
    /// Anything more.
    pub description: String,
    /// Whether it is done.
    pub status: Status,
    /// How much it matters, if anybody said.
    pub priority: Option<Priority>,
    /// When it has to be done.
    pub due: Option<Timestamp>,
    /// Words to find it by, no two the same.
    pub labels: Vec<String>,
    /// When it was created.
    pub created: Timestamp,
    /// When it last changed.
    pub updated: Timestamp,
    /// When it was completed.
    pub completed: Option<Timestamp>,
    /// When it was deleted.
    pub deleted: Option<Timestamp>,
    /// 1 when it is new, one more with every change.
    pub version: i64,
}

/// Whether a task is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// Still to be done.
    Pending,
    /// Done.
    Completed,
}

/// How much a task matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Priority {
    /// It can wait.
    Low,
    /// As most things.
    Medium,
    /// Before the others.
    High,
}

/// What a caller says of a task, cleaned and within its limits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    /// What is to be done.
    pub title: String,
    /// Anything more.
    pub description: String,
    /// How much it matters.
    pub priority: Option<Priority>,
    /// When it has to be done.
    pub due: Option<Timestamp>,
    /// Words to find it by.
    pub labels: Vec<String>,
}

impl Draft {
    /// The task that this becomes.
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
            labels: without_duplicates(self.labels),
            created: now,
            updated: now,
            completed: None,
            deleted: None,
            version: 1,
        }
    }
}

impl Task {
    /// Takes the fields of `draft` that `mask` names.
    ///
    /// # Errors
    /// [`Error::StateConflict`] on a deleted task.
    pub fn update(&mut self, draft: &Draft, mask: &Mask, now: Timestamp) -> Result<(), Error> {
        self.change(now, |task| {
            if mask.has("title") {
                task.title.clone_from(&draft.title);
            }
            if mask.has("description") {
                task.description.clone_from(&draft.description);
            }
            if mask.has("priority") {
                task.priority = draft.priority;
            }
            if mask.has("due_time") {
                task.due = draft.due;
            }
            if mask.has("labels") {
                task.labels = without_duplicates(draft.labels.clone());
            }
        })
    }

    /// Marks the task as done; does nothing where it is.
    ///
    /// # Errors
    /// [`Error::StateConflict`] on a deleted task.
    pub fn complete(&mut self, now: Timestamp) -> Result<(), Error> {
        self.change(now, |task| {
            task.status = Status::Completed;
            task.completed.get_or_insert(now);
        })
    }

    /// Marks the task as still to be done; does nothing where it is.
    ///
    /// # Errors
    /// [`Error::StateConflict`] on a deleted task.
    pub fn reopen(&mut self, now: Timestamp) -> Result<(), Error> {
        self.change(now, |task| {
            task.status = Status::Pending;
            task.completed = None;
        })
    }

    /// Deletes the task; does nothing where it is deleted already.
    pub fn delete(&mut self, now: Timestamp) {
        if self.deleted.is_none() {
            self.deleted = Some(now);
            self.touch(now);
        }
    }

    /// Takes a deletion back; does nothing where it is not deleted.
    pub fn undelete(&mut self, now: Timestamp) {
        if self.deleted.take().is_some() {
            self.touch(now);
        }
    }

    /// What may be told of the task when it is gone for good: that it was there.
    #[must_use]
    pub fn remains(&self) -> Self {
        Self {
            version: self.version,
            ..Draft::default().into_task(self.id, self.number, self.created)
        }
    }

    /// Makes a change; one that changes nothing makes no new version.
    fn change(&mut self, now: Timestamp, change: impl FnOnce(&mut Self)) -> Result<(), Error> {
        if self.deleted.is_some() {
            return Err(Error::StateConflict("the task is deleted"));
        }
        let before = self.clone();
        change(self);
        if *self != before {
            self.touch(now);
        }
        Ok(())
    }

    fn touch(&mut self, now: Timestamp) {
        self.version += 1;
        self.updated = now;
    }
}

fn without_duplicates(labels: Vec<String>) -> Vec<String> {
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
