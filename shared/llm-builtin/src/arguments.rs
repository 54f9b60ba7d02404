//! Builds the JSON arguments of tool calls, as the tools' schemas define them.

use chrono::SecondsFormat;
use serde_json::{Map, Value, json};

use super::date::Now;
use super::intent::{Filter, NewTask, Patch, Status};
use super::priority::Priority;
use super::title_match;

/// The largest `limit` of `list_tasks`.
pub(super) const MAX_LISTED_TASKS: u64 = 50;

/// The arguments of `add_task`.
pub(super) fn add_task_arguments(task: &NewTask) -> Value {
    json_object([
        ("title", Some(json!(task.title))),
        ("description", task.description.as_ref().map(|text| json!(text))),
        ("due_time", task.due.as_ref().map(format_time)),
        ("priority", task.priority.map(priority_name)),
        ("labels", non_empty_list(&task.labels)),
    ])
}

/// The arguments of `list_tasks`. Missing fields have the tool's default.
pub(super) fn list_tasks_arguments(filter: &Filter) -> Value {
    let window = filter.window.as_ref();
    let status = filter.status.and_then(|status| match status {
        Status::Pending => None,
        Status::Completed => Some(json!("completed")),
        Status::All => Some(json!("all")),
    });
    json_object([
        ("status", status),
        ("overdue", filter.overdue.then_some(Value::Bool(true))),
        ("due_after", window.and_then(|window| window.after.as_ref()).map(format_time)),
        ("due_before", window.and_then(|window| window.before.as_ref()).map(format_time)),
        ("priority", filter.priority.map(priority_name)),
        ("label", filter.label.as_ref().map(|label| json!(label))),
        ("query", filter.query.as_deref().and_then(title_match::title_query).map(Value::String)),
        ("limit", filter.limit.map(|limit| json!(limit))),
    ])
}

/// The arguments of `complete_task`, `reopen_task` and `delete_task`.
pub(super) fn task_number_arguments(number: u64) -> Value {
    json!({ "task": number })
}

/// The arguments of `update_task`. A note is appended to the current `description`.
pub(super) fn update_task_arguments(
    number: u64,
    patch: &Patch,
    description: Option<&str>,
) -> Value {
    let noted = patch.note.as_ref().map(|note| match description {
        Some(text) if !text.is_empty() => format!("{text}\n{note}"),
        _ => note.clone(),
    });
    json_object([
        ("task", Some(json!(number))),
        ("title", patch.title.as_ref().map(|title| json!(title))),
        ("description", patch.description.clone().or(noted).map(Value::String)),
        ("due_time", patch.due.as_ref().map(|due| due.as_ref().map_or(json!(""), format_time))),
        ("priority", patch.priority.map(|level| level.map_or(json!("none"), priority_name))),
        ("add_labels", non_empty_list(&patch.add_labels)),
        ("remove_labels", non_empty_list(&patch.remove_labels)),
    ])
}

fn json_object<const N: usize>(fields: [(&str, Option<Value>); N]) -> Value {
    let present = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(present.collect::<Map<_, _>>())
}

fn non_empty_list(values: &[String]) -> Option<Value> {
    (!values.is_empty()).then(|| json!(values))
}

fn format_time(moment: &Now) -> Value {
    json!(moment.to_rfc3339_opts(SecondsFormat::Secs, false))
}

fn priority_name(level: Priority) -> Value {
    json!(level.as_str())
}
