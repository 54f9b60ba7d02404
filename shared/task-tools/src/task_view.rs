//! Tasks as the model sees them.

use chrono::{DateTime, SecondsFormat};
use serde_json::{Map, Value, json};
use tandem_proto::task::{Priority, Task, TaskStatus};

/// The result of a tool that changed a task; `status` names the change.
pub(crate) fn changed_task(status: &str, task: &Task) -> Value {
    let mut object = task_fields(task);
    object.insert("status".to_owned(), status.into());
    Value::Object(object)
}

/// A task of a list.
pub(crate) fn listed_task(task: &Task) -> Value {
    let status = match task.status() {
        TaskStatus::Completed => "completed",
        TaskStatus::Pending | TaskStatus::Unspecified => "pending",
    };
    changed_task(status, task)
}

/// A task that the model may have meant.
pub(crate) fn suggested_task(task: &Task) -> Value {
    json!({"number": task.number, "title": task.title})
}

/// The fields that are set, without the status.
fn task_fields(task: &Task) -> Map<String, Value> {
    let description = Some(&task.description).filter(|description| !description.is_empty());
    let fields = [
        ("task_id", Some(json!(task.id))),
        ("number", Some(json!(task.number))),
        ("title", Some(json!(task.title))),
        ("description", description.map(|it| json!(it))),
        ("priority", priority_name(task).map(|it| json!(it))),
        ("due_time", format_due_time(task).map(|it| json!(it))),
        ("labels", Some(json!(task.labels))),
    ];
    fields.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect()
}

fn priority_name(task: &Task) -> Option<&'static str> {
    match task.priority() {
        Priority::Unspecified => None,
        Priority::Low => Some("low"),
        Priority::Medium => Some("medium"),
        Priority::High => Some("high"),
    }
}

fn format_due_time(task: &Task) -> Option<String> {
    let due = task.due_time.as_ref()?;
    let time = DateTime::from_timestamp(due.seconds, u32::try_from(due.nanos).ok()?)?;
    Some(time.to_rfc3339_opts(SecondsFormat::Secs, true))
}
