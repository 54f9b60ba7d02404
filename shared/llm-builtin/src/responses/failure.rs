//! Messages about changes that did not happen.

use serde_json::Value;

use super::task::{option_line, task_name};
use crate::listed_task::{ListedTask, parse_task};

/// The error code of a tool result if the task service is unreachable.
const UNAVAILABLE: &str = "UNAVAILABLE";

/// The error of a tool call, with its suggestions. `action` completes "I could not …".
pub(crate) fn failure_message(action: &str, result: &Value) -> String {
    if result["code"] == UNAVAILABLE {
        return format!(
            "I could not {action}: the task service is not available right now. \
             Please try again later."
        );
    }
    let message =
        result["message"].as_str().unwrap_or("something went wrong").trim_end_matches('.');
    let near = result["suggestions"].as_array().map(Vec::as_slice).unwrap_or_default();
    let near = near.iter().filter_map(parse_task);
    let lines: Vec<String> = near.map(|task| option_line(task.number, &task.title)).collect();
    let suggested = if lines.is_empty() {
        String::new()
    } else {
        format!(" These come near:\n{}", lines.join("\n"))
    };
    format!("I could not {action}: {message}.{suggested}")
}

/// No listed task has this number; `more` if the list was incomplete.
pub(crate) fn unknown_number_message(number: u64, more: bool) -> String {
    if more {
        return format!("I could not find task {number} among the first tasks of your list.");
    }
    format!("There is no task {number}.")
}

/// The task already has the requested status.
pub(crate) fn unchanged_status_message(task: &ListedTask) -> String {
    let state = if task.completed { "already completed" } else { "still pending" };
    format!("{} is {state}.", task_name(task))
}
