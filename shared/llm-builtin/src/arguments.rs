//! The arguments of the tools, as their schemas want them.

use chrono::SecondsFormat;
use serde_json::{Map, Value, json};

use super::command::{Filter, NewTask, Patch, Status};
use super::date::Now;
use super::priority::Priority;
use super::resolve;

/// The most tasks that one `list_tasks` gives.
pub(super) const LARGEST_LIST: u64 = 50;

/// For `add_task`.
pub(super) fn add(task: &NewTask) -> Value {
    object([
        ("title", Some(json!(task.title))),
        ("description", task.description.as_ref().map(|text| json!(text))),
        ("due_time", task.due.as_ref().map(time)),
        ("priority", task.priority.map(priority)),
        ("labels", some_list(&task.labels)),
    ])
}

/// For `list_tasks`; what is left out has the tool's default.
pub(super) fn list(filter: &Filter) -> Value {
    let window = filter.window.as_ref();
    let status = filter.status.and_then(|status| match status {
        Status::Pending => None,
        Status::Completed => Some(json!("completed")),
        Status::All => Some(json!("all")),
    });
    object([
        ("status", status),
        ("overdue", filter.overdue.then_some(Value::Bool(true))),
        ("due_after", window.and_then(|window| window.after.as_ref()).map(time)),
        ("due_before", window.and_then(|window| window.before.as_ref()).map(time)),
        ("priority", filter.priority.map(priority)),
        ("label", filter.label.as_ref().map(|label| json!(label))),
        ("query", filter.query.as_deref().and_then(resolve::query).map(Value::String)),
        ("limit", filter.limit.map(|limit| json!(limit))),
    ])
}

/// For `complete_task`, `reopen_task` and `delete_task`.
pub(super) fn task(number: u64) -> Value {
    json!({ "task": number })
}

/// For `update_task`. A note goes below the description that the task has.
pub(super) fn update(number: u64, patch: &Patch, described: Option<&str>) -> Value {
    let noted = patch.note.as_ref().map(|note| match described {
        Some(text) if !text.is_empty() => format!("{text}\n{note}"),
        _ => note.clone(),
    });
    object([
        ("task", Some(json!(number))),
        ("title", patch.title.as_ref().map(|title| json!(title))),
        ("description", patch.description.clone().or(noted).map(Value::String)),
        ("due_time", patch.due.as_ref().map(|due| due.as_ref().map_or(json!(""), time))),
        ("priority", patch.priority.map(|level| level.map_or(json!("none"), priority))),
        ("add_labels", some_list(&patch.add_labels)),
        ("remove_labels", some_list(&patch.remove_labels)),
    ])
}

fn object<const N: usize>(fields: [(&str, Option<Value>); N]) -> Value {
    let present = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(present.collect::<Map<_, _>>())
}

fn some_list(values: &[String]) -> Option<Value> {
    (!values.is_empty()).then(|| json!(values))
}

fn time(moment: &Now) -> Value {
    json!(moment.to_rfc3339_opts(SecondsFormat::Secs, false))
}

fn priority(level: Priority) -> Value {
    json!(level.name())
}
