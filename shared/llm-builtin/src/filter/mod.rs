//! The filter of a question: "my overdue tasks", "what's due this week", "tasks about milk".

mod conditions;
mod owner;
mod words;

use crate::date::Now;
use crate::intent::Filter;
use crate::phrase::Phrase;
use conditions::{
    read_label, read_limit, read_overdue, read_priority, read_query, read_status, read_window,
};
use owner::read_other_owner;
use words::{read_filler, read_noun};

/// A filter and the properties of its phrase.
#[derive(Debug, Default)]
pub(super) struct ParsedFilter {
    pub(super) filter: Filter,
    /// Words that are neither a condition nor a filler.
    pub(super) unknown_words: Vec<String>,
    /// Whether the phrase contains "tasks" or another noun for them.
    pub(super) has_noun: bool,
    /// Whether it contains "all", "everything" or a plural.
    pub(super) is_plural: bool,
    /// Whether it contains "all" or "everything".
    pub(super) means_all: bool,
    pub(super) has_condition: bool,
    /// Whether it refers to tasks of another user.
    pub(super) other_owner: bool,
}

/// Consumes words at the start of the phrase; returns their count.
type ConditionReader = fn(Phrase<'_>, &Now, &mut ParsedFilter) -> Option<usize>;

/// Tried in this order at each word; a word that none consumes is unknown.
const CONDITION_READERS: &[ConditionReader] = &[
    read_other_owner,
    read_label,
    read_priority,
    read_overdue,
    read_window,
    read_status,
    read_limit,
    read_query,
    read_noun,
    read_filler,
];

/// The longest filter, in tokens; bounds the work for long messages.
const MAX_FILTER_WORDS: usize = 100;

/// Parses the whole phrase; unknown words are kept in `unknown_words`.
pub(super) fn parse_filter(phrase: Phrase<'_>, now: &Now) -> ParsedFilter {
    let mut parsed = ParsedFilter::default();
    if phrase.len() > MAX_FILTER_WORDS {
        parsed.unknown_words.push(phrase.source_text().to_owned());
        return parsed;
    }
    let mut rest = phrase;
    while !rest.is_empty() {
        let taken = CONDITION_READERS.iter().find_map(|reader| reader(rest, now, &mut parsed));
        if taken.is_none() && !rest.is_mark(0) {
            parsed.unknown_words.push(rest.slice(0..1).unquoted_text().to_owned());
        }
        rest = rest.skip_tokens(taken.unwrap_or(1));
    }
    parsed
}

/// Parses a phrase that selects tasks by condition: "all completed tasks".
pub(super) fn parse_bulk_filter(phrase: Phrase<'_>, now: &Now) -> Option<Filter> {
    let parsed = parse_filter(phrase, now);
    let singular = parsed.has_condition && (parsed.has_noun || phrase.last_word() == "one");
    let known = parsed.unknown_words.is_empty() && !parsed.other_owner;
    (known && (parsed.is_plural || singular)).then_some(parsed.filter)
}
