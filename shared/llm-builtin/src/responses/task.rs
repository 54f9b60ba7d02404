//! Formats tasks.

use chrono::{DateTime, Datelike as _};

use crate::date::{Now, end_of_day};
use crate::listed_task::ListedTask;

/// A task on one line, with its number first: `3: buy milk, due Tue 3 Mar at 17:00, #home`.
pub(super) fn task_line(task: &ListedTask, now: &Now) -> String {
    let mut parts = vec![option_line(task.number, &task.title)];
    parts.extend(task_attributes(task, now));
    if task.completed {
        parts.push("completed".to_owned());
    }
    parts.join(", ")
}

/// The start of a line in lists and questions: `3: buy milk`.
pub(crate) fn option_line(number: u64, title: &str) -> String {
    format!("{number}: {}", to_single_line(title))
}

/// All fields of a task in one sentence, followed by its description.
pub(crate) fn task_details(task: &ListedTask, now: &Now) -> String {
    let mut parts = vec![task_name(task)];
    parts.extend(task_attributes(task, now));
    parts.push(if task.completed { "completed" } else { "pending" }.to_owned());
    let description = task.description.as_deref().map(|text| format!(" {text}"));
    format!("{}.{}", parts.join(", "), description.unwrap_or_default())
}

/// A task in a sentence: `Task 3, "buy milk"`.
pub(super) fn task_name(task: &ListedTask) -> String {
    format!("Task {}, {}", task.number, quote_text(&task.title))
}

/// Text in quotation marks, on one line.
pub(crate) fn quote_text(text: &str) -> String {
    format!("\"{}\"", to_single_line(text))
}

/// Due time, priority and labels, as far as they are set.
pub(super) fn task_attributes(task: &ListedTask, now: &Now) -> Vec<String> {
    let mut attributes = Vec::new();
    attributes.extend(task.due_time.as_deref().and_then(|time| format_due_time(time, now)));
    attributes.extend(task.priority.as_ref().map(|level| format!("{level} priority")));
    attributes.extend(task.labels.iter().map(|label| format!("#{}", to_single_line(label))));
    attributes
}

/// `due Tue 3 Mar at 17:00` in the user's zone, without the end of the day (23:59), and with the
/// year unless it is the current one.
fn format_due_time(time: &str, now: &Now) -> Option<String> {
    let moment = DateTime::parse_from_rfc3339(time).ok()?.with_timezone(&now.timezone());
    let year = if moment.year() == now.year() { "" } else { " %Y" };
    let clock = if moment.time() == end_of_day() { "" } else { " at %H:%M" };
    Some(format!("due {}", moment.format(&format!("%a %-d %b{year}{clock}"))))
}

/// Replaces line breaks: `followup` parses replies line by line.
fn to_single_line(text: &str) -> String {
    text.split(['\n', '\r']).map(str::trim).collect::<Vec<_>>().join(" ")
}
