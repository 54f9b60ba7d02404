//! The rows of the tasks database, a file a table, and what they mean.

pub(super) mod change;
pub(super) mod label;
pub(super) mod task;

use sea_orm::ActiveValue::Set;
use sea_orm::prelude::Json;
use tandem_auth::Owner;

use crate::domain::{Priority, Status, Task};

/// What `due_time` holds for a task that is never due: behind every time there is.
pub(super) const NEVER: i64 = i64::MAX;

impl From<task::Model> for Task {
    fn from(row: task::Model) -> Self {
        Self {
            id: row.id,
            number: row.number,
            title: row.title,
            description: row.description,
            status: status_of(row.state),
            priority: priority(row.priority),
            due: (row.due_time != NEVER).then_some(row.due_time),
            labels: labels(row.labels),
            created: row.create_time,
            updated: row.update_time,
            completed: row.complete_time,
            deleted: row.delete_time,
            version: row.version,
        }
    }
}

/// The row of a task; `change_sequence` is its newest change's.
pub(super) fn row(owner: &Owner, task: &Task, change_sequence: i64) -> task::ActiveModel {
    task::ActiveModel {
        id: Set(task.id),
        owner: Set(owner.as_str().to_owned()),
        number: Set(task.number),
        title: Set(task.title.clone()),
        description: Set(task.description.clone()),
        state: Set(state_number(task.status, task.deleted.is_some())),
        priority: Set(priority_number(task.priority)),
        due_time: Set(task.due.unwrap_or(NEVER)),
        labels: Set(Json::from(task.labels.clone())),
        create_time: Set(task.created),
        update_time: Set(task.updated),
        complete_time: Set(task.completed),
        delete_time: Set(task.deleted),
        version: Set(task.version),
        change_sequence: Set(change_sequence),
    }
}

/// The column `state`: the status, apart for deleted tasks, so that indexes begin with what nearly every
/// list asks for.
pub(super) fn state_number(status: Status, is_deleted: bool) -> i16 {
    match (status, is_deleted) {
        (Status::Pending, false) => 1,
        (Status::Completed, false) => 2,
        (Status::Pending, true) => 3,
        (Status::Completed, true) => 4,
    }
}

fn status_of(state: i16) -> Status {
    if matches!(state, 2 | 4) { Status::Completed } else { Status::Pending }
}

/// Grows with the priority, so that the index on it is the order by it.
pub(super) fn priority_number(priority: Option<Priority>) -> i16 {
    match priority {
        None => 0,
        Some(Priority::Low) => 1,
        Some(Priority::Medium) => 2,
        Some(Priority::High) => 3,
    }
}

fn priority(number: i16) -> Option<Priority> {
    match number {
        1 => Some(Priority::Low),
        2 => Some(Priority::Medium),
        3 => Some(Priority::High),
        _ => None,
    }
}

fn labels(json: Json) -> Vec<String> {
    match json {
        Json::Array(labels) => {
            labels.into_iter().filter_map(|label| label.as_str().map(str::to_owned)).collect()
        }
        _ => Vec::new(),
    }
}
