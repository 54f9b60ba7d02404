//! What was changed, and what was not.

use serde_json::Value;

use super::task::{option_line, quote_text, task_attributes, task_name};
use super::{MAX_OPTIONS, task};
use crate::command::{Action, NewTask, Patch};
use crate::date::Now;
use crate::resolve::{self, ListedTask};

/// The code of a tool error when the task service cannot be reached.
const UNAVAILABLE: &str = "UNAVAILABLE";

/// `Added task 3, "buy milk", due Tue 3 Mar at 17:00, high priority.`
pub(in super::super) fn added_message(answer: &Value, task: &NewTask, now: &Now) -> String {
    let Some(listed) = resolve::parse_task(answer) else {
        return format!("Added {}.", quote_text(&task.title));
    };
    let mut parts = vec![format!("Added task {}, {}", listed.number, quote_text(&listed.title))];
    parts.extend(task_attributes(&listed, now));
    parts.extend(task.description.as_ref().map(|_| "with a description".to_owned()));
    format!("{}.", parts.join(", "))
}

/// What adding this title is called when it fails.
pub(in super::super) fn add_action(title: &str) -> String {
    format!("add {}", quote_text(title))
}

/// What an action is called when it fails.
pub(in super::super) fn change_action(action: &Action, number: u64) -> String {
    format!("{} task {number}", action_verb(action))
}

/// What is left to do of an action: "complete 17".
pub(in super::super) fn unfinished_change(action: &Action, number: u64) -> String {
    format!("{} {number}", action_verb(action))
}

/// `Completed task 1, "buy milk".`
pub(in super::super) fn changed_message(action: &Action, answer: &Value, now: &Now) -> String {
    let done = match action {
        Action::Complete => "Completed",
        Action::Reopen => "Reopened",
        Action::Delete => "Deleted",
        Action::Update(_) => "Updated",
    };
    let Some(task) = resolve::parse_task(answer) else {
        return format!("{done} the task.");
    };
    let news = match action {
        Action::Update(patch) => format!(": {}", describe_patch(patch, &task, now).join(", ")),
        _ => String::new(),
    };
    format!("{done} task {}, {}{news}.", task.number, quote_text(&task.title))
}

/// Why something was not done, as the tool said it.
pub(in super::super) fn failure_message(what: &str, answer: &Value) -> String {
    if answer["code"] == UNAVAILABLE {
        return format!(
            "I could not {what}: the task service is not available right now. \
             Please try again later."
        );
    }
    let message =
        answer["message"].as_str().unwrap_or("something went wrong").trim_end_matches('.');
    let near = answer["suggestions"].as_array().map(Vec::as_slice).unwrap_or_default();
    let near = near.iter().filter_map(resolve::parse_task);
    let lines: Vec<String> = near.map(|task| option_line(task.number, &task.title)).collect();
    let suggested = if lines.is_empty() {
        String::new()
    } else {
        format!(" These come near:\n{}", lines.join("\n"))
    };
    format!("I could not {what}: {message}.{suggested}")
}

/// No task has such a title.
pub(in super::super) fn no_match_message(title: &str, near: &[ListedTask], now: &Now) -> String {
    if near.is_empty() {
        return format!("I found no task that matches {}.", quote_text(title));
    }
    let options = near.iter().take(MAX_OPTIONS).map(|listed| task::task_line(listed, now));
    let lines: Vec<String> = std::iter::once(did_you_mean_question(title)).chain(options).collect();
    lines.join("\n")
}

/// The first line of [`no_match`] where tasks come near.
pub(in super::super) fn did_you_mean_question(title: &str) -> String {
    format!("I found no task that matches {}. Do you mean one of these?", quote_text(title))
}

/// No task has this number, as far as a list can tell.
pub(in super::super) fn unknown_number_message(number: u64, more: bool) -> String {
    if more {
        return format!("I could not find task {number} among the first tasks of your list.");
    }
    format!("There is no task {number}.")
}

/// The task already is what it should become.
pub(in super::super) fn unchanged_status_message(task: &ListedTask) -> String {
    let state = if task.completed { "already completed" } else { "still pending" };
    format!("{} is {state}.", task_name(task))
}

fn action_verb(action: &Action) -> &'static str {
    match action {
        Action::Complete => "complete",
        Action::Reopen => "reopen",
        Action::Delete => "delete",
        Action::Update(_) => "update",
    }
}

/// What an update changed.
fn describe_patch(patch: &Patch, task: &ListedTask, now: &Now) -> Vec<String> {
    let facts = task_attributes(task, now);
    let fact = |part: &str| facts.iter().find(|fact| fact.contains(part)).cloned();
    let mut news = Vec::new();
    news.extend(patch.title.as_ref().map(|_| "new title".to_owned()));
    news.extend(patch.description.as_ref().map(|_| "new description".to_owned()));
    news.extend(patch.note.as_ref().map(|_| "note added".to_owned()));
    news.extend(patch.due.map(|_| fact("due ").unwrap_or_else(|| "no due date".to_owned())));
    news.extend(patch.priority.map(|level| {
        level.map_or("no priority".to_owned(), |level| format!("{} priority", level.as_str()))
    }));
    news.extend(patch.add_labels.iter().map(|label| format!("label #{label}")));
    news.extend(patch.remove_labels.iter().map(|label| format!("label #{label} removed")));
    news
}
