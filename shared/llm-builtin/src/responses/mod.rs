//! The texts of replies.
//!
//! `followup` parses some of them when the next message arrives: questions, and the lines `number:
//! title`, which "yes" and "the second one" refer to. Changing those texts changes what it finds.

mod change;
mod failure;
mod list;
mod question;
mod task;
mod topic;

pub(super) use change::{
    add_action, added_message, change_action, changed_message, unfinished_change,
};
pub(super) use failure::{failure_message, unchanged_status_message, unknown_number_message};
pub(super) use list::{no_tasks_message, task_count_message, task_list_message};
pub(super) use question::{
    DELETION_QUESTION_START, ambiguous_title_question, deletion_question, did_you_mean_question,
    no_match_message, which_task_question,
};
pub(super) use task::{option_line, quote_text, task_details};
pub(super) use topic::TITLE_QUESTION;

use super::executor::Report;
use super::intent::Topic;

/// The action in a failure message for `list_tasks`.
pub(super) const LIST_ACTION: &str = "look at your list";
/// The reply if "it" refers to no task, or to several.
pub(super) const UNCLEAR_REFERENCE: &str =
    "I am not sure which task you mean. Please name it by its number or its title.";

/// Composes the reply from the report.
pub(super) fn compose_answer(report: &Report) -> String {
    let mut paragraphs = report.lines.clone();
    if !report.unfinished.is_empty() {
        paragraphs.push(format!(
            "That was as much as I can do for one message. Still to do: {}.",
            quote_all(&report.unfinished)
        ));
    }
    let has_results = !paragraphs.is_empty();
    let (small, serious): (Vec<Topic>, Vec<Topic>) =
        report.topics.iter().partition(|topic| topic::is_small_talk(**topic));
    for text in serious.into_iter().map(topic::topic_text) {
        if !paragraphs.iter().any(|paragraph| paragraph == text) {
            paragraphs.push(text.to_owned());
        }
    }
    match (paragraphs.is_empty(), report.unclear.is_empty()) {
        (true, false) => paragraphs.push(topic::topic_text(Topic::Unclear).to_owned()),
        (true, true) => {
            let topic = small.first().copied().unwrap_or(Topic::Unclear);
            paragraphs.push(topic::topic_text(topic).to_owned());
        }
        (false, false) if has_results => {
            paragraphs.push(format!("I did not understand {}.", quote_all(&report.unclear)));
        }
        (false, _) => {}
    }
    join_paragraphs(&paragraphs)
}

/// Joins paragraphs by line breaks, with a blank line around multi-line ones.
fn join_paragraphs(paragraphs: &[String]) -> String {
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

fn quote_all(parts: &[String]) -> String {
    parts.iter().map(|part| quote_text(part)).collect::<Vec<_>>().join(", ")
}
