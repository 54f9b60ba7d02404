//! The stored form of a task: the JSON in the change log and in the responses of request ids.
//!
//! It outlives the process that wrote it, so it is separate from [`Task`] and carries the number of its
//! format. An added field has `#[serde(default)]` and keeps the number: older rows lack it, older readers
//! ignore it. Any other change is a new format: a struct of its own, which is the one that is written, and
//! a line in `try_from`. The old struct and its line stay for as long as such rows are kept (the retention
//! of the change log, 24 h for request ids).

use sea_orm::prelude::Json;
use serde::{Deserialize, Serialize};
use tandem_clock::Timestamp;
use uuid::Uuid;

use crate::domain::{Priority, Status, Task};

/// A stored task, read from any format, written in the newest one.
#[derive(Debug, Serialize, Deserialize)]
#[serde(try_from = "Json")]
pub(super) struct StoredTask(V1);

impl TryFrom<Json> for StoredTask {
    type Error = String;

    fn try_from(json: Json) -> Result<Self, String> {
        let stored = match json["format"].as_u64() {
            Some(V1::FORMAT) => V1::deserialize(json).map_err(|error| error.to_string())?,
            _ => return Err(format!("unknown task format {}", json["format"])),
        };
        Ok(Self(stored))
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct V1 {
    format: u64,
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

impl V1 {
    const FORMAT: u64 = 1;
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
        // All fields by name: a new one that is not stored does not compile without a warning.
        let Task {
            id,
            number,
            title,
            description,
            status,
            priority,
            due,
            labels,
            created,
            updated,
            deleted,
            version,
        } = task;
        Self(V1 {
            format: V1::FORMAT,
            id,
            number,
            title,
            description,
            priority: priority.map(|priority| match priority {
                Priority::Low => StoredPriority::Low,
                Priority::Medium => StoredPriority::Medium,
                Priority::High => StoredPriority::High,
            }),
            due_time: due,
            labels,
            create_time: created,
            update_time: updated,
            complete_time: status.completed_at(),
            delete_time: deleted,
            version,
        })
    }
}

impl From<StoredTask> for Task {
    fn from(StoredTask(stored): StoredTask) -> Self {
        Self {
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
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tasks as they have been stored, oldest first; the last one is as they are stored now. A change of
    /// the stored form appends a row. Never edit one: such rows exist.
    const ROWS: &[&str] = &[
        r#"{"format":1,"id":"0190163d-8694-739b-aea5-966c26f8ad91","number":7,"title":"Buy milk","description":"","priority":"high","due_time":1772442000000000,"labels":["home"],"create_time":1,"update_time":2,"complete_time":2,"delete_time":null,"version":2}"#,
    ];

    fn decode(json: &str) -> Result<Task, serde_json::Error> {
        serde_json::from_str::<StoredTask>(json).map(Task::from)
    }

    /// A stored task as this version writes it again.
    fn rewrite(json: &str) -> Json {
        let task = decode(json).unwrap_or_else(|error| panic!("{error}: {json}"));
        serde_json::to_value(StoredTask::from(task)).expect("JSON")
    }

    fn parse(json: &str) -> Json {
        serde_json::from_str(json).expect("JSON")
    }

    #[test]
    fn newest_row_is_what_is_written() {
        let newest = ROWS.last().expect("a row");
        assert_eq!(rewrite(newest), parse(newest), "append the new form to ROWS");
    }

    #[test]
    fn older_rows_lose_nothing() {
        for row in ROWS {
            let (stored, read) = (parse(row), rewrite(row));
            let is_same_format = stored["format"] == read["format"];
            for (field, value) in stored.as_object().expect("an object") {
                assert!(!is_same_format || read.get(field) == Some(value), "{field} of {row}");
            }
        }
    }

    #[test]
    fn completion_time_is_the_status() {
        let task = decode(ROWS[0]).expect("a stored task");
        assert_eq!(task.status.completed_at(), Some(task.updated));
    }

    #[test]
    fn unknown_formats_are_errors() {
        for (known, unknown) in
            [("\"format\":1", "\"format\":2"), ("\"format\":1", "\"form\":1"), ("high", "top")]
        {
            let json = ROWS[0].replace(known, unknown);
            assert!(decode(&json).is_err(), "{json}");
        }
    }
}
