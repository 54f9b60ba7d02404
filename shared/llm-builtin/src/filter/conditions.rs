//! The conditions of a filter: label, priority, due time, status, limit and text.

use super::ParsedFilter;
use super::words::FILLERS;
use crate::date::{self, Now};
use crate::intent::Status;
use crate::label;
use crate::phrase::Phrase;
use crate::priority;
use crate::wordlist::Wordlist;

/// Words for statuses.
const STATUSES: &[(&str, Status)] = &[
    ("pending", Status::Pending),
    ("open", Status::Pending),
    ("outstanding", Status::Pending),
    ("unfinished", Status::Pending),
    ("incomplete", Status::Pending),
    ("remaining", Status::Pending),
    ("active", Status::Pending),
    ("completed", Status::Completed),
    ("complete", Status::Completed),
    ("done", Status::Completed),
    ("finished", Status::Completed),
    ("closed", Status::Completed),
];

/// Words that introduce a text query.
const ABOUT: Wordlist =
    Wordlist("about|containing|mentioning|regarding|matching|concerning|involving");

/// Words that end a text query.
const AFTER_ABOUT: Wordlist = Wordlist("due|tagged|labelled|labeled|that|with|which");
/// The longest time window, in words: "in the next three days".
const MAX_WINDOW_WORDS: usize = 8;

/// "tagged work", "#work".
pub(super) fn read_label(phrase: Phrase<'_>, _: &Now, parsed: &mut ParsedFilter) -> Option<usize> {
    let length = (1..=3.min(phrase.len())).find(|end| {
        label::parse_marked_labels(phrase.slice(0..*end)).is_some_and(|labels| labels.len() == 1)
    })?;
    parsed.filter.label = label::parse_marked_labels(phrase.slice(0..length))?.pop();
    parsed.has_condition = true;
    Some(length)
}

/// "high priority", "urgent".
pub(super) fn read_priority(
    phrase: Phrase<'_>,
    _: &Now,
    parsed: &mut ParsedFilter,
) -> Option<usize> {
    let mut lengths = (1..=4.min(phrase.len())).rev();
    let (length, level) = lengths.find_map(|end| {
        Some((end, priority::parse_marked_priority(phrase.slice(0..end)).flatten()?))
    })?;
    parsed.filter.priority = Some(level);
    parsed.has_condition = true;
    Some(length)
}

/// "overdue", "past due".
pub(super) fn read_overdue(
    phrase: Phrase<'_>,
    _: &Now,
    parsed: &mut ParsedFilter,
) -> Option<usize> {
    let taken = match (phrase.word_at(0), phrase.word_at(1)) {
        ("overdue" | "late", _) => 1,
        ("past", "due") => 2,
        _ => return None,
    };
    (parsed.filter.overdue, parsed.has_condition) = (true, true);
    Some(taken)
}

/// "this week", "before friday".
pub(super) fn read_window(
    phrase: Phrase<'_>,
    now: &Now,
    parsed: &mut ParsedFilter,
) -> Option<usize> {
    // "due by friday": "by" decides which end of the window is set, so it has to come first.
    if phrase.word_at(0) == "due" {
        return None;
    }
    let longest = MAX_WINDOW_WORDS.min(phrase.len());
    let found = (1..=longest).rev().find_map(|end| {
        let named = phrase.slice(0..end);
        Some((end, named.source_text(), date::parse_window(named, now)?))
    });
    let (length, text, window) = found?;
    parsed.filter.window = Some(window);
    let text = text.to_lowercase();
    let text = text.strip_prefix("for ").or_else(|| text.strip_prefix("on ")).unwrap_or(&text);
    parsed.filter.window_text = text.trim_end_matches("'s").to_owned();
    parsed.has_condition = true;
    Some(length)
}

/// "completed", "not done yet".
pub(super) fn read_status(phrase: Phrase<'_>, _: &Now, parsed: &mut ParsedFilter) -> Option<usize> {
    let negated = usize::from(phrase.word_at(0) == "not");
    let negated = if phrase.word_at(1) == "yet" && negated == 1 { 2 } else { negated };
    let (_, named) = STATUSES.iter().find(|(word, _)| *word == phrase.word_at(negated))?;
    parsed.filter.status = Some(if negated > 0 { Status::Pending } else { *named });
    parsed.has_condition = true;
    Some(negated + 1)
}

/// "first 5", "top 3", "next 3" tasks.
pub(super) fn read_limit(phrase: Phrase<'_>, _: &Now, parsed: &mut ParsedFilter) -> Option<usize> {
    if !matches!(phrase.word_at(0), "first" | "top" | "next") {
        return None;
    }
    parsed.filter.limit = Some(phrase.word_at(1).parse().ok().filter(|n| (1..=50).contains(n))?);
    Some(2)
}

/// "about milk"; before a time ("what about tomorrow") the word is a filler.
pub(super) fn read_query(
    phrase: Phrase<'_>,
    now: &Now,
    parsed: &mut ParsedFilter,
) -> Option<usize> {
    if !ABOUT.contains(phrase.word_at(0)) {
        return None;
    }
    if date::parse_window(phrase.skip_tokens(1), now).is_some() {
        return Some(1);
    }
    let stop = (1..phrase.len()).find(|at| AFTER_ABOUT.contains(phrase.word_at(*at)));
    let end = stop.unwrap_or(phrase.len());
    let topic = phrase.slice(1..end).trim_marks();
    let topic = if FILLERS.contains(topic.word_at(0)) { topic.skip_tokens(1) } else { topic };
    parsed.filter.query = Some(topic.unquoted_text().to_owned()).filter(|query| !query.is_empty());
    parsed.has_condition = true;
    Some(end)
}
