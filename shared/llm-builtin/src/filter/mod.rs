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

/// A filter as it was read.
#[derive(Debug, Default)]
pub(super) struct ParsedFilter {
    /// The conditions.
    pub(super) filter: Filter,
    /// The words that are neither a condition nor a filler.
    pub(super) unknown_words: Vec<String>,
    /// Whether it says "tasks" or another word for the list.
    pub(super) has_noun: bool,
    /// Whether it says "all", "everything" or a plural.
    pub(super) is_plural: bool,
    /// Whether it says "all" or "everything".
    pub(super) means_all: bool,
    /// Whether it sets a condition.
    pub(super) has_condition: bool,
    /// Whether it names tasks that belong to somebody else.
    pub(super) other_owner: bool,
}

/// Takes words at the start of the phrase into the reading; gives how many.
type ConditionReader = fn(Phrase<'_>, &Now, &mut ParsedFilter) -> Option<usize>;

/// Tried in this order at every word; what none takes is left over.
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
/// The most words of a filter: a question is not longer.
const MAX_FILTER_WORDS: usize = 100;

/// Reads the whole phrase; what it does not understand is left over.
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

/// Reads the phrase as several tasks by what they have in common: "all completed tasks".
pub(super) fn parse_bulk_filter(phrase: Phrase<'_>, now: &Now) -> Option<Filter> {
    let parsed = parse_filter(phrase, now);
    let singular = parsed.has_condition && (parsed.has_noun || phrase.last_word() == "one");
    let known = parsed.unknown_words.is_empty() && !parsed.other_owner;
    (known && (parsed.is_plural || singular)).then_some(parsed.filter)
}
