//! The stored form of a task: the JSON in the change log and in the responses of request ids.
//!
//! It outlives the process that wrote it, so it is separate from [`Task`] and carries the number of its
//! format. A change that an older reader would misread gets a new number; old numbers stay readable for
//! as long as rows are kept (the retention of the change log, 24 h for request ids).

use serde::{Deserialize, Serialize};
use tandem_clock::Timestamp;
use tandem_error::Error;
use uuid::Uuid;

use crate::domain::{Priority, Status, Task};

/// The format that is written.
const FORMAT: u8 = 1;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct StoredTask {
    format: u8,
    id: Uuid,
    number: i64,
    title: String,
    description: String,
    priority: Option<StoredPriority>,
    due_time: Option<Timestamp>,
    labels: Vec<String>,
    create_time: Timestamp,
    update_time: Timestamp,
    /// Unset if the task is pending.
    complete_time: Option<Timestamp>,
    delete_time: Option<Timestamp>,
    version: i64,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StoredPriority {
    Low,
    Medium,
    High,
}

impl From<Task> for StoredTask {
    fn from(task: Task) -> Self {
        Self {
            format: FORMAT,
            id: task.id,
            number: task.number,
            title: task.title,
            description: task.description,
            priority: task.priority.map(|priority| match priority {
                Priority::Low => StoredPriority::Low,
                Priority::Medium => StoredPriority::Medium,
                Priority::High => StoredPriority::High,
            }),
            due_time: task.due,
            labels: task.labels,
            create_time: task.created,
            update_time: task.updated,
            complete_time: task.status.completed_at(),
            delete_time: task.deleted,
            version: task.version,
        }
    }
}

impl TryFrom<StoredTask> for Task {
    type Error = Error;

    fn try_from(stored: StoredTask) -> Result<Self, Error> {
        if stored.format != FORMAT {
            return Err(Error::internal(format!("unknown task format {}", stored.format)));
        }
        Ok(Self {
            id: stored.id,
            number: stored.number,
            title: stored.title,
            description: stored.description,
            status: stored.complete_time.map_or(Status::Pending, |at| Status::Completed { at }),
            priority: stored.priority.map(|priority| match priority {
                StoredPriority::Low => Priority::Low,
                StoredPriority::Medium => Priority::Medium,
                StoredPriority::High => Priority::High,
            }),
            due: stored.due_time,
            labels: stored.labels,
            created: stored.create_time,
            updated: stored.update_time,
            deleted: stored.delete_time,
            version: stored.version,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As format 1 is stored. Never edit it: such rows exist.
    const FORMAT_1: &str = r#"{"format":1,"id":"0190163d-8694-739b-aea5-966c26f8ad91","number":7,"title":"Buy milk","description":"","priority":"high","due_time":1772442000000000,"labels":["home"],"create_time":1,"update_time":2,"complete_time":2,"delete_time":null,"version":2}"#;

    fn decode(json: &str) -> Result<Task, Error> {
        serde_json::from_str::<StoredTask>(json).map_err(Error::internal)?.try_into()
    }

    #[test]
    fn format_1_is_unchanged() {
        let task = decode(FORMAT_1).expect("a stored task");
        assert_eq!(task.status.completed_at(), Some(task.updated));
        let stored = serde_json::to_string(&StoredTask::from(task)).expect("JSON");
        assert_eq!(stored, FORMAT_1);
    }

    #[test]
    fn unknown_formats_are_errors() {
        for json in
            [FORMAT_1.replace("\"format\":1", "\"format\":2"), FORMAT_1.replace("high", "top")]
        {
            assert!(matches!(decode(&json), Err(Error::Internal(_))), "{json}");
        }
    }
}
