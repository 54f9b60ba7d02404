//! Questions to the user. The next message is compared with their text (`followup`).

use super::task::{quote_text, task_line};
use crate::date::Now;
use crate::listed_task::ListedTask;

/// How the question before a bulk deletion starts.
pub(crate) const DELETION_QUESTION_START: &str = "Shall I delete";
/// The most options that a question lists.
const MAX_OPTIONS: usize = 10;

/// The question which of several tasks a title means.
pub(crate) fn ambiguous_title_question(title: &str, tasks: &[ListedTask], now: &Now) -> String {
    let options = tasks.iter().take(MAX_OPTIONS).map(|listed| task_line(listed, now));
    let lines: Vec<String> = std::iter::once(which_task_question(title)).chain(options).collect();
    lines.join("\n")
}

/// The first line of [`which`].
pub(crate) fn which_task_question(title: &str) -> String {
    format!("Which task do you mean by {}?", quote_text(title))
}

/// No task has such a title.
pub(crate) fn no_match_message(title: &str, near: &[ListedTask], now: &Now) -> String {
    if near.is_empty() {
        return format!("I found no task that matches {}.", quote_text(title));
    }
    let options = near.iter().take(MAX_OPTIONS).map(|listed| task_line(listed, now));
    let lines: Vec<String> = std::iter::once(did_you_mean_question(title)).chain(options).collect();
    lines.join("\n")
}

/// The first line of [`no_match`] where tasks come near.
pub(crate) fn did_you_mean_question(title: &str) -> String {
    format!("I found no task that matches {}. Do you mean one of these?", quote_text(title))
}

/// The question before several tasks are deleted, with no more of them than a turn can do.
pub(crate) fn deletion_question(options: &[String], most: usize) -> String {
    let shown = options.len().min(most);
    let which = match (options.len(), shown) {
        (1, _) => "this task".to_owned(),
        (all, shown) if all > shown => format!("the first {shown} of these {all} tasks"),
        (all, _) => format!("these {all} tasks"),
    };
    let lines = options[..shown].join("\n");
    format!(
        "{DELETION_QUESTION_START} {which}?\n{lines}\nSay \"yes\" to go ahead; until then nothing is deleted."
    )
}
