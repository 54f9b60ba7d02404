//! Messages that list or count tasks.

use super::task::{quote_text, task_line};
use crate::date::Now;
use crate::intent::{Filter, Status};
use crate::listed_task::ListedTask;

/// The line after an incomplete list.
const MORE: &str =
    "There are more. Narrow it down to see them, for example by a date, a label or a word.";

/// `You have 2 overdue tasks:` and a line for each.
pub(crate) fn task_list_message(
    tasks: &[ListedTask],
    filter: &Filter,
    more: bool,
    now: &Now,
) -> String {
    if tasks.is_empty() {
        return no_tasks_message(filter);
    }
    let first = if more { "Here are your first" } else { "You have" };
    let head = format!("{first} {}:", count_with_filter(tasks.len(), filter));
    let lines = tasks.iter().map(|task| task_line(task, now));
    let tail = (more && filter.limit.is_none()).then(|| MORE.to_owned());
    std::iter::once(head).chain(lines).chain(tail).collect::<Vec<_>>().join("\n")
}

/// `You have 5 pending tasks.`
pub(crate) fn task_count_message(count: usize, filter: &Filter, more: bool) -> String {
    if count == 0 {
        return no_tasks_message(filter);
    }
    let least = if more { "more than " } else { "" };
    format!("You have {least}{}.", count_with_filter(count, filter))
}

/// `You have no overdue tasks.`
pub(crate) fn no_tasks_message(filter: &Filter) -> String {
    format!("You have no {}.", describe_filter(filter, "tasks"))
}

fn count_with_filter(count: usize, filter: &Filter) -> String {
    format!("{count} {}", describe_filter(filter, if count == 1 { "task" } else { "tasks" }))
}

/// The filter in words: `high priority pending tasks due this week`.
fn describe_filter(filter: &Filter, noun: &str) -> String {
    let status = match filter.status {
        _ if filter.overdue => "overdue",
        Some(Status::Completed) => "completed",
        Some(Status::All) => "",
        Some(Status::Pending) | None => "pending",
    };
    let priority = filter.priority.map(|level| format!("{} priority", level.as_str()));
    let window = filter.window.as_ref().map(|_| format!("due {}", filter.window_text));
    let label = filter.label.as_ref().map(|label| format!("with the label #{label}"));
    let query = filter.query.as_ref().map(|query| format!("about {}", quote_text(query)));
    let before = [priority.unwrap_or_default(), status.to_owned(), noun.to_owned()];
    let after = [window, label, query].map(Option::unwrap_or_default);
    let parts = before.into_iter().chain(after).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(" ")
}
