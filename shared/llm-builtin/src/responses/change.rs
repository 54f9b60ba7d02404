//! Messages about changed tasks.

use serde_json::Value;

use super::task::{quote_text, task_attributes};
use crate::date::Now;
use crate::intent::{Action, NewTask, Patch};
use crate::listed_task::{ListedTask, parse_task};

/// `Added task 3, "buy milk", due Tue 3 Mar at 17:00, high priority.`
pub(crate) fn added_message(result: &Value, task: &NewTask, now: &Now) -> String {
    let Some(listed) = parse_task(result) else {
        return format!("Added {}.", quote_text(&task.title));
    };
    let mut parts = vec![format!("Added task {}, {}", listed.number, quote_text(&listed.title))];
    parts.extend(task_attributes(&listed, now));
    parts.extend(task.description.as_ref().map(|_| "with a description".to_owned()));
    format!("{}.", parts.join(", "))
}

/// The action in a failure message: `add "buy milk"`.
pub(crate) fn add_action(title: &str) -> String {
    format!("add {}", quote_text(title))
}

/// The action in a failure message: `complete task 17`.
pub(crate) fn change_action(action: &Action, number: u64) -> String {
    format!("{} task {number}", action_verb(action))
}

/// The action in the list of unfinished work: `complete 17`.
pub(crate) fn unfinished_change(action: &Action, number: u64) -> String {
    format!("{} {number}", action_verb(action))
}

/// `Completed task 1, "buy milk".`
pub(crate) fn changed_message(action: &Action, result: &Value, now: &Now) -> String {
    let done = match action {
        Action::Complete => "Completed",
        Action::Reopen => "Reopened",
        Action::Delete => "Deleted",
        Action::Update(_) => "Updated",
    };
    let Some(task) = parse_task(result) else {
        return format!("{done} the task.");
    };
    let changes = match action {
        Action::Update(patch) => format!(": {}", describe_patch(patch, &task, now).join(", ")),
        _ => String::new(),
    };
    format!("{done} task {}, {}{changes}.", task.number, quote_text(&task.title))
}

fn action_verb(action: &Action) -> &'static str {
    match action {
        Action::Complete => "complete",
        Action::Reopen => "reopen",
        Action::Delete => "delete",
        Action::Update(_) => "update",
    }
}

/// The changed fields, for example `new title`.
fn describe_patch(patch: &Patch, task: &ListedTask, now: &Now) -> Vec<String> {
    let due = task_attributes(task, now).into_iter().find(|part| part.contains("due "));
    let mut changes = Vec::new();
    changes.extend(patch.title.as_ref().map(|_| "new title".to_owned()));
    changes.extend(patch.description.as_ref().map(|_| "new description".to_owned()));
    changes.extend(patch.note.as_ref().map(|_| "note added".to_owned()));
    changes.extend(patch.due.map(|_| due.unwrap_or_else(|| "no due date".to_owned())));
    changes.extend(patch.priority.map(|level| {
        level.map_or("no priority".to_owned(), |level| format!("{} priority", level.as_str()))
    }));
    changes.extend(patch.add_labels.iter().map(|label| format!("label #{label}")));
    changes.extend(patch.remove_labels.iter().map(|label| format!("label #{label} removed")));
    changes
}
