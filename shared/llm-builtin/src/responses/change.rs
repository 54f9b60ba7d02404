//! Messages about changed tasks.

use serde_json::Value;

use super::task::{quote_text, task_attributes};
use crate::date::Now;
use crate::intent::{Action, NewTask, Patch};
use crate::listed_task::{ListedTask, parse_task};

/// `Added task 3, "buy milk", due Tue 3 Mar at 17:00, high priority.`
pub(crate) fn added_message(answer: &Value, task: &NewTask, now: &Now) -> String {
    let Some(listed) = parse_task(answer) else {
        return format!("Added {}.", quote_text(&task.title));
    };
    let mut parts = vec![format!("Added task {}, {}", listed.number, quote_text(&listed.title))];
    parts.extend(task_attributes(&listed, now));
    parts.extend(task.description.as_ref().map(|_| "with a description".to_owned()));
    format!("{}.", parts.join(", "))
}

/// What adding this title is called when it fails.
pub(crate) fn add_action(title: &str) -> String {
    format!("add {}", quote_text(title))
}

/// What an action is called when it fails.
pub(crate) fn change_action(action: &Action, number: u64) -> String {
    format!("{} task {number}", action_verb(action))
}

/// What is left to do of an action: "complete 17".
pub(crate) fn unfinished_change(action: &Action, number: u64) -> String {
    format!("{} {number}", action_verb(action))
}

/// `Completed task 1, "buy milk".`
pub(crate) fn changed_message(action: &Action, answer: &Value, now: &Now) -> String {
    let done = match action {
        Action::Complete => "Completed",
        Action::Reopen => "Reopened",
        Action::Delete => "Deleted",
        Action::Update(_) => "Updated",
    };
    let Some(task) = parse_task(answer) else {
        return format!("{done} the task.");
    };
    let news = match action {
        Action::Update(patch) => format!(": {}", describe_patch(patch, &task, now).join(", ")),
        _ => String::new(),
    };
    format!("{done} task {}, {}{news}.", task.number, quote_text(&task.title))
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
