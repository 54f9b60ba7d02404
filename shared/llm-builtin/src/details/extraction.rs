//! Takes details off the start, the end and the middle of a phrase.

use super::Details;
use crate::date::{self, Now};
use crate::label;
use crate::phrase::Phrase;
use crate::priority;
use crate::wordlist::Wordlist;

/// The most tokens of one detail: bounds the search.
pub(super) const MAX_DETAIL_WORDS: usize = 10;
/// The longest phrase that is searched for a due time in the middle.
const MAX_INNER_WORDS: usize = 60;
/// Words before a day that make it repeating, which tasks do not support.
const REPEATING_WORDS: Wordlist = Wordlist("every|each");
/// Prepositions before the list.
const ON_LIST: Wordlist = Wordlist("to|on|onto|in|into");
/// Nouns for the list.
const LISTS: Wordlist = Wordlist("list|lists|todos|to-dos|tasks|todo|to-do");
/// Words that may follow a due time in the middle of a title.
const AFTER_INNER: Wordlist = Wordlist("about|with|for|to|regarding|because|so|re");

impl Details {
    /// Takes a detail off the end; returns the rest.
    pub(super) fn take_end<'a>(&mut self, rest: Phrase<'a>, now: &Now) -> Option<Phrase<'a>> {
        let first = rest.len().saturating_sub(MAX_DETAIL_WORDS).max(1);
        let start = (first..rest.len()).find(|start| {
            !REPEATING_WORDS.contains(rest.word_at(start - 1))
                && self.take_detail(rest.skip_tokens(*start), now)
        })?;
        Some(strip_trailing_conjunction(rest.slice(0..start)))
    }

    /// Takes a detail off the start. Without a colon a single word may belong to the title ("monday
    /// report", "urgent care"), so only "today", "tonight" and "tomorrow" are taken then.
    pub(super) fn take_start<'a>(&mut self, rest: Phrase<'a>, now: &Now) -> Option<Phrase<'a>> {
        let longest = rest.len().saturating_sub(1).min(MAX_DETAIL_WORDS);
        let one_word_is_detail =
            rest.word_at(1) == ":" || matches!(rest.word_at(0), "tomorrow" | "today" | "tonight");
        let end = (1..=longest).rev().find(|end| {
            (*end > 1 || one_word_is_detail)
                && !rest.is_mark(end - 1)
                && self.take_detail(rest.slice(0..*end), now)
        })?;
        let after = rest.skip_tokens(end).trim_marks();
        Some(if after.word_at(0) == "to" { after.skip_tokens(1) } else { after })
    }

    /// Takes hashtags and a due time out of the middle ("call mom tomorrow about the party");
    /// returns the title.
    pub(super) fn take_inner(&mut self, rest: Phrase<'_>, now: &Now) -> String {
        let mut kept = vec![rest];
        if let Some((start, end)) = self.find_inner_date(rest, now) {
            kept = vec![rest.slice(0..start), rest.skip_tokens(end)];
        }
        let mut title: Vec<&str> = Vec::new();
        for part in kept {
            title.extend(self.take_hashtags(part));
        }
        title.retain(|text| !text.is_empty());
        title.join(" ")
    }

    /// Takes the hashtags; returns the texts between them.
    fn take_hashtags<'a>(&mut self, part: Phrase<'a>) -> Vec<&'a str> {
        let tags = (0..part.len()).filter(|at| label::hashtag_at(part, *at).is_some());
        let mut texts = Vec::new();
        let mut from = 0;
        for tag in tags.chain([part.len()]) {
            texts.push(part.slice(from..tag).unquoted_text());
            self.labels.extend(label::hashtag_at(part, tag).map(str::to_owned));
            from = tag + 1;
        }
        texts
    }

    /// The token range of a due time in the middle; takes it.
    fn find_inner_date(&mut self, rest: Phrase<'_>, now: &Now) -> Option<(usize, usize)> {
        if self.when.is_some() || rest.len() > MAX_INNER_WORDS {
            return None;
        }
        let spans = (1..rest.len()).flat_map(|start| {
            let longest = (start + MAX_DETAIL_WORDS).min(rest.len());
            (start + 1..longest).rev().map(move |end| (start, end))
        });
        spans
            .filter(|(_, end)| AFTER_INNER.contains(rest.word_at(*end)))
            .find(|(start, end)| self.take_date(rest.slice(*start..*end), now))
    }

    /// Takes the whole phrase if it is a due time, a priority, labels or "to my list".
    pub(super) fn take_detail(&mut self, phrase: Phrase<'_>, now: &Now) -> bool {
        if let Some(Some(level)) = priority::parse_marked_priority(phrase) {
            let is_first = self.priority.is_none();
            self.priority = self.priority.or(Some(level));
            return is_first;
        }
        if let Some(labels) = label::parse_marked_labels(phrase) {
            self.labels.splice(0..0, labels);
            return true;
        }
        if is_list_phrase(phrase) {
            self.on_list = true;
            return true;
        }
        self.take_date(phrase, now)
    }

    fn take_date(&mut self, phrase: Phrase<'_>, now: &Now) -> bool {
        let ambiguous = phrase.len() == 1 && date::is_ambiguous_weekday(phrase.word_at(0));
        if ambiguous || phrase.words().any(|word| word.ends_with("'s")) {
            return false;
        }
        let read = date::parse_when(phrase, now);
        let combined = read.and_then(|new| self.when.map_or(Some(new), |when| when.combine(new)));
        self.when = combined.or(self.when);
        combined.is_some()
    }
}

/// Strips the "and" before a detail that was taken off.
pub(super) fn strip_trailing_conjunction(phrase: Phrase<'_>) -> Phrase<'_> {
    let rest = phrase.trim_marks();
    let has_conjunction = rest.len() > 1 && matches!(rest.last_word(), "and" | "&" | "but");
    if has_conjunction { rest.slice(0..rest.len() - 1).trim_marks() } else { rest }
}

/// "to my list", "on the shopping list".
fn is_list_phrase(phrase: Phrase<'_>) -> bool {
    let owned = matches!(phrase.word_at(1), "my" | "the" | "our");
    ON_LIST.contains(phrase.word_at(0))
        && owned
        && (3..=5).contains(&phrase.len())
        && LISTS.contains(phrase.last_word())
}
