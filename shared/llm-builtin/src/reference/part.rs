//! One part of a reference: a number or range, an ordinal, a pronoun or a title.

use crate::intent::Reference;
use crate::phrase::Phrase;
use crate::wordlist::Wordlist;

/// The most numbers in a range such as "1-50".
const MAX_RANGE: u64 = 50;
/// Articles and possessives before a name.
pub(super) const ARTICLES: Wordlist = Wordlist("the|my|that|this|our");
/// Nouns before a name: "task 3".
const NOUNS: Wordlist = Wordlist("task|tasks|todo|to-do|item|items|reminder|entry");
/// Nouns and marks before a number.
const NUMBER_NOUNS: Wordlist = Wordlist("number|numbers|no|nr|#|.");
/// Words between a noun and a title: "task called …".
const NAMING: Wordlist = Wordlist("called|named|titled|about|to|:");
/// Nouns after a name: "the milk one".
const ENDINGS: Wordlist = Wordlist("one|ones|task|tasks|todo|to-do|item|reminder|entry");
/// Times after a name: "I finished the report today".
const AFTERTHOUGHTS: Wordlist =
    Wordlist("today|yesterday|tonight|now|already|finally|again|this morning|just now");

/// Positions in the last list, one-based; negative ones count from its end.
const ORDINALS: &[(&str, i64)] = &[
    ("first", 1),
    ("second", 2),
    ("third", 3),
    ("fourth", 4),
    ("fifth", 5),
    ("last", -1),
    ("former", 1),
    ("latter", -1),
];

/// Strips "the task called" and "one"; the flag is whether there was a noun.
pub(super) fn strip_task_nouns(phrase: Phrase<'_>) -> (Phrase<'_>, bool) {
    let mut rest = phrase.trim_marks();
    let mut noun = false;
    while let Some(shorter) = AFTERTHOUGHTS.strip_end(rest) {
        rest = shorter;
    }
    if rest.len() > 1 && ARTICLES.contains(rest.word_at(0)) {
        rest = rest.skip_tokens(1);
    }
    if rest.len() > 1 && NOUNS.contains(rest.word_at(0)) {
        (rest, noun) = (rest.skip_tokens(1), true);
        if rest.len() > 1 && NAMING.contains(rest.word_at(0)) {
            rest = rest.skip_tokens(1);
        }
    }
    while rest.len() > 1 && NUMBER_NOUNS.contains(rest.word_at(0)) {
        (rest, noun) = (rest.skip_tokens(1), true);
    }
    if rest.len() > 1 && ENDINGS.contains(rest.last_word()) {
        (rest, noun) = (rest.slice(0..rest.len() - 1), true);
    }
    (rest, noun)
}

/// Parses "3", "#3", "3-5" and "3 to 5".
pub(super) fn parse_numbers(phrase: Phrase<'_>) -> Option<std::ops::RangeInclusive<u64>> {
    let (first, last) = match phrase.len() {
        1 if is_digits(phrase.word_at(0)) => {
            (parse_number(phrase.word_at(0))?, parse_number(phrase.word_at(0))?)
        }
        1 => {
            let (first, last) = phrase.word_at(0).split_once('-')?;
            (parse_number(first)?, parse_number(last)?)
        }
        3 if matches!(phrase.word_at(1), "to" | "through" | "-") => {
            (parse_number(phrase.word_at(0))?, parse_number(phrase.word_at(2))?)
        }
        _ => return None,
    };
    (first <= last && last - first < MAX_RANGE).then_some(first..=last)
}

fn is_digits(word: &str) -> bool {
    word.trim_start_matches('#').bytes().all(|byte| byte.is_ascii_digit())
}

fn parse_number(word: &str) -> Option<u64> {
    word.strip_prefix('#').unwrap_or(word).parse().ok()
}

pub(super) fn parse_ordinal(phrase: Phrase<'_>) -> Option<Reference> {
    let word = if phrase.len() == 1 { phrase.word_at(0) } else { return None };
    ORDINALS
        .iter()
        .find(|(name, _)| *name == word)
        .map(|(_, position)| Reference::Ordinal(*position))
}

pub(super) fn parse_pronoun(phrase: Phrase<'_>) -> Option<Reference> {
    let words: Vec<&str> = phrase.words().collect();
    match words[..] {
        ["it" | "this" | "that"] | ["this" | "that", "one" | "task"] => Some(Reference::It),
        ["them" | "these" | "those" | "both"]
        | ["them" | "these" | "those", "all" | "both" | "ones" | "tasks"]
        | ["all" | "both", "of", "them" | "these" | "those"]
        | ["all", "these" | "those"]
        | ["both", "tasks"] => Some(Reference::Them),
        _ => None,
    }
}

pub(super) fn title_reference(phrase: Phrase<'_>) -> Reference {
    Reference::Title(phrase.unquoted_text().to_owned())
}
