//! Messages about changes that did not happen.

use serde_json::Value;

use super::task::{option_line, task_name};
use crate::listed_task::{ListedTask, parse_task};

/// The code of a tool error when the task service cannot be reached.
const UNAVAILABLE: &str = "UNAVAILABLE";

/// Why something was not done, as the tool said it.
pub(crate) fn failure_message(what: &str, answer: &Value) -> String {
    if answer["code"] == UNAVAILABLE {
        return format!(
            "I could not {what}: the task service is not available right now. \
             Please try again later."
        );
    }
    let message =
        answer["message"].as_str().unwrap_or("something went wrong").trim_end_matches('.');
    let near = answer["suggestions"].as_array().map(Vec::as_slice).unwrap_or_default();
    let near = near.iter().filter_map(parse_task);
    let lines: Vec<String> = near.map(|task| option_line(task.number, &task.title)).collect();
    let suggested = if lines.is_empty() {
        String::new()
    } else {
        format!(" These come near:\n{}", lines.join("\n"))
    };
    format!("I could not {what}: {message}.{suggested}")
}

/// No task has this number, as far as a list can tell.
pub(crate) fn unknown_number_message(number: u64, more: bool) -> String {
    if more {
        return format!("I could not find task {number} among the first tasks of your list.");
    }
    format!("There is no task {number}.")
}

/// The task already is what it should become.
pub(crate) fn unchanged_status_message(task: &ListedTask) -> String {
    let state = if task.completed { "already completed" } else { "still pending" };
    format!("{} is {state}.", task_name(task))
}
