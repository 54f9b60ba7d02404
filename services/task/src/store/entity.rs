//! The rows of the tasks database, a file a table, and what they mean.

pub(super) mod change;
pub(super) mod label;
pub(super) mod task;

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::prelude::Json;
use tandem_auth::Owner;
use tandem_clock::Timestamp;

use crate::domain::{Priority, Status, Task};

/// What `due_time` holds for a task that is never due: behind every time there is.
pub(super) const NEVER: Timestamp = Timestamp::MAX;

impl From<task::Model> for Task {
    fn from(row: task::Model) -> Self {
        Self {
            id: row.id,
            number: row.number,
            title: row.title,
            description: row.description,
            status: if row.status == COMPLETED { Status::Completed } else { Status::Pending },
            priority: priority(row.priority),
            due: Some(row.due_time).filter(|due| *due != NEVER),
            labels: labels(row.labels),
            created: row.create_time,
            updated: row.update_time,
            completed: row.complete_time,
            deleted: row.delete_time,
            version: row.version,
        }
    }
}

/// The row of a task, without its row id; `change_sequence` is its newest change's.
pub(super) fn row(owner: &Owner, task: &Task, change_sequence: i64) -> task::ActiveModel {
    task::ActiveModel {
        row_id: NotSet,
        id: Set(task.id),
        owner: Set(owner.as_str().to_owned()),
        number: Set(task.number),
        title: Set(task.title.clone()),
        description: Set(task.description.clone()),
        status: Set(status_number(task.status)),
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

const PENDING: i16 = 1;
const COMPLETED: i16 = 2;

pub(super) fn status_number(status: Status) -> i16 {
    match status {
        Status::Pending => PENDING,
        Status::Completed => COMPLETED,
    }
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
