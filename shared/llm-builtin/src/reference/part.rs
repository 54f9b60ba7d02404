//! One part of a reference: a number or range, an ordinal, a pronoun or a title.

use crate::intent::Reference;
use crate::phrase::Phrase;
use crate::wordlist::Wordlist;

/// The largest range: "1-50".
const MAX_RANGE: u64 = 50;
/// Words before a name that are not part of it.
pub(super) const ARTICLES: Wordlist = Wordlist("the|my|that|this|our");
/// Words for a task before its name.
const NOUNS: Wordlist = Wordlist("task|tasks|todo|to-do|item|items|reminder|entry");
/// Words before a number.
const NUMBER_NOUNS: Wordlist = Wordlist("number|numbers|no|nr|#|.");
/// Words between "task" and a title.
const NAMING: Wordlist = Wordlist("called|named|titled|about|to|:");
/// Words for a task after its name.
const ENDINGS: Wordlist = Wordlist("one|ones|task|tasks|todo|to-do|item|reminder|entry");
/// Words after a name that tell when it was done.
const AFTERTHOUGHTS: Wordlist =
    Wordlist("today|yesterday|tonight|now|already|finally|again|this morning|just now");
/// The places of a list, from its start or, negative, from its end.
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

/// Strips "the task called" and "one"; tells whether a noun was there.
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

/// "3", "#3", "3-5", "3 to 5".
pub(super) fn parse_numbers(phrase: Phrase<'_>) -> Option<std::ops::RangeInclusive<u64>> {
    let one = |word: &str| word.strip_prefix('#').unwrap_or(word).parse::<u64>().ok();
    let is_digits = |word: &str| word.trim_start_matches('#').bytes().all(|b| b.is_ascii_digit());
    let (first, last) = match phrase.len() {
        1 if is_digits(phrase.word_at(0)) => (one(phrase.word_at(0))?, one(phrase.word_at(0))?),
        1 => {
            let (first, last) = phrase.word_at(0).split_once('-')?;
            (one(first)?, one(last)?)
        }
        3 if matches!(phrase.word_at(1), "to" | "through" | "-") => {
            (one(phrase.word_at(0))?, one(phrase.word_at(2))?)
        }
        _ => return None,
    };
    (first <= last && last - first < MAX_RANGE).then_some(first..=last)
}

pub(super) fn parse_ordinal(phrase: Phrase<'_>) -> Option<Reference> {
    let word = if phrase.len() == 1 { phrase.word_at(0) } else { return None };
    ORDINALS.iter().find(|(name, _)| *name == word).map(|(_, place)| Reference::Ordinal(*place))
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
