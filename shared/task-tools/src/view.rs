//! Tasks as a model sees them.

use chrono::{DateTime, SecondsFormat};
use serde_json::{Map, Value, json};
use tandem_proto::task::{Priority, Task, TaskStatus};

/// The answer of a tool that did `status` to a task.
pub(crate) fn done(status: &str, task: &Task) -> Value {
    let mut object = fields(task);
    object.insert("status".to_owned(), status.into());
    Value::Object(object)
}

/// A task in a list.
pub(crate) fn listed(task: &Task) -> Value {
    let status = match task.status() {
        TaskStatus::Completed => "completed",
        TaskStatus::Pending | TaskStatus::Unspecified => "pending",
    };
    done(status, task)
}

/// A task that the model may have meant.
pub(crate) fn suggestion(task: &Task) -> Value {
    json!({"number": task.number, "title": task.title})
}

/// What is set of a task, but for its status.
fn fields(task: &Task) -> Map<String, Value> {
    let priority = match task.priority() {
        Priority::Unspecified => None,
        Priority::Low => Some("low"),
        Priority::Medium => Some("medium"),
        Priority::High => Some("high"),
    };
    let due = task.due_time.as_ref().and_then(|due| {
        let time = DateTime::from_timestamp(due.seconds, u32::try_from(due.nanos).ok()?)?;
        Some(time.to_rfc3339_opts(SecondsFormat::Secs, true))
    });
    let description = Some(&task.description).filter(|description| !description.is_empty());
    let all = [
        ("task_id", Some(json!(task.id))),
        ("number", Some(json!(task.number))),
        ("title", Some(json!(task.title))),
        ("description", description.map(|it| json!(it))),
        ("priority", priority.map(|it| json!(it))),
        ("due_time", due.map(|it| json!(it))),
        ("labels", Some(json!(task.labels))),
    ];
    all.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect()
}
