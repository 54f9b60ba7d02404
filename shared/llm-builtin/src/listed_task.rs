//! Tasks as the tools return them.

use serde_json::Value;

/// A task as `list_tasks` gives it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ListedTask {
    /// What people call it by.
    pub(super) number: u64,
    pub(super) title: String,
    pub(super) description: Option<String>,
    /// Otherwise it is pending.
    pub(super) completed: bool,
    /// RFC 3339.
    pub(super) due_time: Option<String>,
    pub(super) priority: Option<String>,
    pub(super) labels: Vec<String>,
}

/// The tasks of a `list_tasks` answer.
pub(super) fn parse_task_list(answer: &Value) -> Vec<ListedTask> {
    let tasks = answer["tasks"].as_array().map(Vec::as_slice).unwrap_or_default();
    tasks.iter().filter_map(parse_task).collect()
}

/// One task as the tools give it.
pub(super) fn parse_task(value: &Value) -> Option<ListedTask> {
    let text =
        |field: &str| value[field].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let labels = value["labels"].as_array().map(Vec::as_slice).unwrap_or_default();
    Some(ListedTask {
        number: value["number"].as_u64()?,
        title: text("title").unwrap_or_default(),
        description: text("description"),
        completed: value["status"] == "completed",
        due_time: text("due_time"),
        priority: text("priority"),
        labels: labels.iter().filter_map(|label| Some(label.as_str()?.to_owned())).collect(),
    })
}
