//! Tasks in the JSON results of the tools.

use serde_json::Value;

/// A task in a tool result.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ListedTask {
    /// The number of the task in the list of its owner; users refer to it.
    pub(super) number: u64,
    pub(super) title: String,
    pub(super) description: Option<String>,
    /// False if pending.
    pub(super) completed: bool,
    /// In RFC 3339 format.
    pub(super) due_time: Option<String>,
    pub(super) priority: Option<String>,
    pub(super) labels: Vec<String>,
}

/// Parses the tasks of a `list_tasks` result.
pub(super) fn parse_task_list(result: &Value) -> Vec<ListedTask> {
    let tasks = result["tasks"].as_array().map(Vec::as_slice).unwrap_or_default();
    tasks.iter().filter_map(parse_task).collect()
}

/// Parses one task; `None` without a number.
pub(super) fn parse_task(value: &Value) -> Option<ListedTask> {
    let labels = value["labels"].as_array().map(Vec::as_slice).unwrap_or_default();
    Some(ListedTask {
        number: value["number"].as_u64()?,
        title: text_field(value, "title").unwrap_or_default(),
        description: text_field(value, "description"),
        completed: value["status"] == "completed",
        due_time: text_field(value, "due_time"),
        priority: text_field(value, "priority"),
        labels: labels.iter().filter_map(|label| Some(label.as_str()?.to_owned())).collect(),
    })
}

/// The text of a field; `None` if it is missing or empty.
fn text_field(value: &Value, field: &str) -> Option<String> {
    value[field].as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}
