//! Lists and counts.

use super::task::{line, quoted};
use crate::command::{Filter, Status};
use crate::date::Now;
use crate::resolve::Listed;

/// Below a list that goes on.
const MORE: &str =
    "There are more. Narrow it down to see them, for example by a date, a label or a word.";

/// `You have 2 overdue tasks:` and a line for each.
pub(in super::super) fn list(tasks: &[Listed], filter: &Filter, more: bool, now: &Now) -> String {
    if tasks.is_empty() {
        return none_match(filter);
    }
    let first = if more { "Here are your first" } else { "You have" };
    let head = format!("{first} {}:", counted(tasks.len(), filter));
    let lines = tasks.iter().map(|task| line(task, now));
    let tail = (more && filter.limit.is_none()).then(|| MORE.to_owned());
    std::iter::once(head).chain(lines).chain(tail).collect::<Vec<_>>().join("\n")
}

/// `You have 5 pending tasks.`
pub(in super::super) fn count(count: usize, filter: &Filter, more: bool) -> String {
    if count == 0 {
        return none_match(filter);
    }
    let least = if more { "more than " } else { "" };
    format!("You have {least}{}.", counted(count, filter))
}

/// `You have no overdue tasks.`
pub(in super::super) fn none_match(filter: &Filter) -> String {
    format!("You have no {}.", kind(filter, "tasks"))
}

fn counted(count: usize, filter: &Filter) -> String {
    format!("{count} {}", kind(filter, if count == 1 { "task" } else { "tasks" }))
}

/// The tasks of the filter in words: `high priority pending tasks due this week`.
fn kind(filter: &Filter, noun: &str) -> String {
    let status = match filter.status {
        _ if filter.overdue => "overdue",
        Some(Status::Completed) => "completed",
        Some(Status::All) => "",
        Some(Status::Pending) | None => "pending",
    };
    let priority = filter.priority.map(|level| format!("{} priority", level.name()));
    let window = filter.window.as_ref().map(|_| format!("due {}", filter.window_said));
    let label = filter.label.as_ref().map(|label| format!("with the label #{label}"));
    let query = filter.query.as_ref().map(|query| format!("about {}", quoted(query)));
    let before = [priority.unwrap_or_default(), status.to_owned(), noun.to_owned()];
    let after = [window, label, query].map(Option::unwrap_or_default);
    let parts = before.into_iter().chain(after).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(" ")
}
