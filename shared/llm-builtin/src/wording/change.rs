//! What was changed, and what was not.

use serde_json::Value;

use super::task::{facts, named, option, quoted};
use super::{MOST_OPTIONS, task};
use crate::command::{Action, NewTask, Patch};
use crate::date::Now;
use crate::resolve::{self, Listed};

/// The code of a tool error when the task service cannot be reached.
const UNAVAILABLE: &str = "UNAVAILABLE";

/// `Added task 3, "buy milk", due Tue 3 Mar at 17:00, high priority.`
pub(in super::super) fn added(answer: &Value, task: &NewTask, now: &Now) -> String {
    let Some(listed) = resolve::task(answer) else {
        return format!("Added {}.", quoted(&task.title));
    };
    let mut parts = vec![format!("Added task {}, {}", listed.number, quoted(&listed.title))];
    parts.extend(facts(&listed, now));
    parts.extend(task.description.as_ref().map(|_| "with a description".to_owned()));
    format!("{}.", parts.join(", "))
}

/// What adding this title is called when it fails.
pub(in super::super) fn adding(title: &str) -> String {
    format!("add {}", quoted(title))
}

/// What an action is called when it fails.
pub(in super::super) fn changing(action: &Action, number: u64) -> String {
    format!("{} task {number}", verb(action))
}

/// What is left to do of an action: "complete 17".
pub(in super::super) fn left_over(action: &Action, number: u64) -> String {
    format!("{} {number}", verb(action))
}

/// `Completed task 1, "buy milk".`
pub(in super::super) fn changed(action: &Action, answer: &Value, now: &Now) -> String {
    let done = match action {
        Action::Complete => "Completed",
        Action::Reopen => "Reopened",
        Action::Delete => "Deleted",
        Action::Update(_) => "Updated",
    };
    let Some(task) = resolve::task(answer) else {
        return format!("{done} the task.");
    };
    let news = match action {
        Action::Update(patch) => format!(": {}", news(patch, &task, now).join(", ")),
        _ => String::new(),
    };
    format!("{done} task {}, {}{news}.", task.number, quoted(&task.title))
}

/// Why something was not done, as the tool said it.
pub(in super::super) fn failed(what: &str, answer: &Value) -> String {
    if answer["code"] == UNAVAILABLE {
        return format!(
            "I could not {what}: the task service is not available right now. \
             Please try again later."
        );
    }
    let message =
        answer["message"].as_str().unwrap_or("something went wrong").trim_end_matches('.');
    let near = answer["suggestions"].as_array().map(Vec::as_slice).unwrap_or_default();
    let near = near.iter().filter_map(resolve::task);
    let lines: Vec<String> = near.map(|task| option(task.number, &task.title)).collect();
    let suggested = if lines.is_empty() {
        String::new()
    } else {
        format!(" These come near:\n{}", lines.join("\n"))
    };
    format!("I could not {what}: {message}.{suggested}")
}

/// No task has such a title.
pub(in super::super) fn no_match(title: &str, near: &[Listed], now: &Now) -> String {
    if near.is_empty() {
        return format!("I found no task that matches {}.", quoted(title));
    }
    let options = near.iter().take(MOST_OPTIONS).map(|listed| task::line(listed, now));
    let lines: Vec<String> = std::iter::once(near_question(title)).chain(options).collect();
    lines.join("\n")
}

/// The first line of [`no_match`] where tasks come near.
pub(in super::super) fn near_question(title: &str) -> String {
    format!("I found no task that matches {}. Do you mean one of these?", quoted(title))
}

/// No task has this number, as far as a list can tell.
pub(in super::super) fn no_such_number(number: u64, more: bool) -> String {
    if more {
        return format!("I could not find task {number} among the first tasks of your list.");
    }
    format!("There is no task {number}.")
}

/// The task already is what it should become.
pub(in super::super) fn settled(task: &Listed) -> String {
    let state = if task.completed { "already completed" } else { "still pending" };
    format!("{} is {state}.", named(task))
}

fn verb(action: &Action) -> &'static str {
    match action {
        Action::Complete => "complete",
        Action::Reopen => "reopen",
        Action::Delete => "delete",
        Action::Update(_) => "update",
    }
}

/// What an update changed.
fn news(patch: &Patch, task: &Listed, now: &Now) -> Vec<String> {
    let facts = facts(task, now);
    let fact = |part: &str| facts.iter().find(|fact| fact.contains(part)).cloned();
    let mut news = Vec::new();
    news.extend(patch.title.as_ref().map(|_| "new title".to_owned()));
    news.extend(patch.description.as_ref().map(|_| "new description".to_owned()));
    news.extend(patch.note.as_ref().map(|_| "note added".to_owned()));
    news.extend(patch.due.map(|_| fact("due ").unwrap_or_else(|| "no due date".to_owned())));
    news.extend(patch.priority.map(|level| {
        level.map_or("no priority".to_owned(), |level| format!("{} priority", level.name()))
    }));
    news.extend(patch.add_labels.iter().map(|label| format!("label #{label}")));
    news.extend(patch.remove_labels.iter().map(|label| format!("label #{label} removed")));
    news
}
