//! Questions to the user. `followup` recognizes them by their text.

use super::task::{quote_text, task_line};
use crate::date::Now;
use crate::listed_task::ListedTask;

/// The start of the question before a bulk deletion.
pub(crate) const DELETION_QUESTION_START: &str = "Shall I delete";
/// The most options of a question.
const MAX_OPTIONS: usize = 10;

/// Lists the tasks that a title matches equally well.
pub(crate) fn ambiguous_title_question(title: &str, tasks: &[ListedTask], now: &Now) -> String {
    let options = tasks.iter().take(MAX_OPTIONS).map(|listed| task_line(listed, now));
    let lines: Vec<String> = std::iter::once(which_task_question(title)).chain(options).collect();
    lines.join("\n")
}

/// The first line of [`ambiguous_title_question`].
pub(crate) fn which_task_question(title: &str) -> String {
    format!("Which task do you mean by {}?", quote_text(title))
}

/// No task has the title; lists similar ones.
pub(crate) fn no_match_message(title: &str, similar: &[ListedTask], now: &Now) -> String {
    if similar.is_empty() {
        return format!("I found no task that matches {}.", quote_text(title));
    }
    let options = similar.iter().take(MAX_OPTIONS).map(|listed| task_line(listed, now));
    let lines: Vec<String> = std::iter::once(did_you_mean_question(title)).chain(options).collect();
    lines.join("\n")
}

/// The first line of [`no_match_message`] if there are similar tasks.
pub(crate) fn did_you_mean_question(title: &str) -> String {
    format!("I found no task that matches {}. Do you mean one of these?", quote_text(title))
}

/// Asks to confirm a bulk deletion of at most `limit` tasks, the call limit of a turn.
pub(crate) fn deletion_question(options: &[String], limit: usize) -> String {
    let shown = options.len().min(limit);
    let which = match (options.len(), shown) {
        (1, _) => "this task".to_owned(),
        (all, shown) if all > shown => format!("the first {shown} of these {all} tasks"),
        (all, _) => format!("these {all} tasks"),
    };
    let lines = options[..shown].join("\n");
    format!(
        "{DELETION_QUESTION_START} {which}?\n{lines}\n\
         Say \"yes\" to go ahead; until then nothing is deleted."
    )
}
