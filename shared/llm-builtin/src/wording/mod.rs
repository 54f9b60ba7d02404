//! The sentences of the answers.
//!
//! Some of them are read again: a question, and the lines `number: title` below it, tell the next
//! message what "the second one" or "yes" means (`followup`).

mod change;
mod list;
mod task;
mod topic;

pub(super) use change::{
    added, adding, changed, changing, failed, left_over, near_question, no_match, no_such_number,
    settled,
};
pub(super) use list::{count, list, none_match};
pub(super) use task::{details, option, quoted};
pub(super) use topic::NEED_TITLE;

use super::act::Report;
use super::command::Topic;
use super::date::Now;
use super::resolve::Listed;

/// What listing is called when it fails.
pub(super) const LISTING: &str = "look at your list";
/// The answer where "it" means no task, or more than one.
pub(super) const WHICH_NUMBER: &str =
    "I am not sure which task you mean. Please name it by its number or its title.";
/// How the question before a bulk deletion starts.
pub(super) const CONFIRM: &str = "Shall I delete";

/// The most options that a question lists.
const MOST_OPTIONS: usize = 10;

/// The whole answer.
pub(super) fn answer(report: &Report) -> String {
    let mut paragraphs = report.lines.clone();
    if !report.left.is_empty() {
        paragraphs.push(format!(
            "That was as much as I can do for one message. Still to do: {}.",
            listing(&report.left)
        ));
    }
    let work = !paragraphs.is_empty();
    let (small, serious): (Vec<Topic>, Vec<Topic>) =
        report.topics.iter().partition(|topic| topic::is_small_talk(**topic));
    for text in serious.into_iter().map(topic::text) {
        if !paragraphs.iter().any(|paragraph| paragraph == text) {
            paragraphs.push(text.to_owned());
        }
    }
    match (paragraphs.is_empty(), report.unclear.is_empty()) {
        (true, false) => paragraphs.push(topic::text(Topic::Unclear).to_owned()),
        (true, true) => {
            let topic = small.first().copied().unwrap_or(Topic::Unclear);
            paragraphs.push(topic::text(topic).to_owned());
        }
        (false, false) if work => {
            paragraphs.push(format!("I did not understand {}.", listing(&report.unclear)));
        }
        (false, _) => {}
    }
    joined(&paragraphs)
}

/// The question which of several tasks a title means.
pub(super) fn which(title: &str, tasks: &[Listed], now: &Now) -> String {
    let options = tasks.iter().take(MOST_OPTIONS).map(|listed| task::line(listed, now));
    let lines: Vec<String> = std::iter::once(which_question(title)).chain(options).collect();
    lines.join("\n")
}

/// The first line of [`which`].
pub(super) fn which_question(title: &str) -> String {
    format!("Which task do you mean by {}?", quoted(title))
}

/// The question before several tasks are deleted, with no more of them than a turn can do.
pub(super) fn confirm(options: &[String], most: usize) -> String {
    let shown = options.len().min(most);
    let which = match (options.len(), shown) {
        (1, _) => "this task".to_owned(),
        (all, shown) if all > shown => format!("the first {shown} of these {all} tasks"),
        (all, _) => format!("these {all} tasks"),
    };
    let lines = options[..shown].join("\n");
    format!("{CONFIRM} {which}?\n{lines}\nSay \"yes\" to go ahead; until then nothing is deleted.")
}

/// Single lines below each other; a list stands apart.
fn joined(paragraphs: &[String]) -> String {
    let mut text = String::new();
    let mut apart = false;
    for paragraph in paragraphs {
        let long = paragraph.contains('\n');
        if !text.is_empty() {
            text.push_str(if long || apart { "\n\n" } else { "\n" });
        }
        text.push_str(paragraph);
        apart = long;
    }
    text
}

fn listing(parts: &[String]) -> String {
    parts.iter().map(|part| quoted(part)).collect::<Vec<_>>().join(", ")
}
