//! How people name existing tasks: "task 12", "#3", "1 and 2", "3-5", "the dentist one", "it".

use super::command::{Reference, Target};
use super::date::Now;
use super::filter;
use super::phrase::Phrase;
use super::wordlist::Wordlist;

/// The most words in which tasks are named; a title has no more.
const MAX_REFERENCE_WORDS: usize = 100;
/// The largest range: "1-50".
const MAX_RANGE: u64 = 50;

/// Words before a name that are not part of it.
const ARTICLES: Wordlist = Wordlist("the|my|that|this|our");
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

/// Words that name no task: a phrase that starts with one is a question or a statement.
const NO_NAMES: Wordlist = Wordlist(
    "what|which|who|whose|how|why|when|where|if|whether|not|no|none|nothing|nobody|neither|any|\
     anything|i|you|he|she|we|they|there|me|us|of|or|so|well|because|is|are",
);

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

/// Reads the phrase as the tasks that a change is for.
pub(super) fn parse_target(phrase: Phrase<'_>, now: &Now) -> Option<Target> {
    let phrase = phrase.trim_marks();
    if phrase.len() > MAX_REFERENCE_WORDS {
        return None;
    }
    if NO_NAMES.contains(phrase.word_at(0)) || phrase.words().any(|word| word == "or") {
        return None;
    }
    if let Some(references) = parse_pronoun(phrase) {
        return Some(Target::Named(vec![references]));
    }
    if let Some(filter) = filter::parse_bulk_filter(phrase, now) {
        return Some(Target::Matching(filter));
    }
    parse_references(phrase).map(Target::Named)
}

/// Reads the phrase as one task.
pub(super) fn parse_single_reference(phrase: Phrase<'_>, now: &Now) -> Option<Reference> {
    match parse_target(phrase, now)? {
        Target::Named(mut references) if references.len() == 1 => match references.pop()? {
            Reference::JoinedTitles(whole, _) => Some(Reference::Title(whole)),
            reference => Some(reference),
        },
        _ => None,
    }
}

/// Whether the phrase can only mean existing tasks: a number, "the … one", a quotation.
pub(super) fn is_explicit(phrase: Phrase<'_>, now: &Now) -> bool {
    let phrase = phrase.trim_marks();
    if phrase.len() > MAX_REFERENCE_WORDS {
        return false;
    }
    let pointed = |part: Phrase<'_>| {
        let (bare, noun) = strip_task_nouns(part);
        noun || bare.is_quote() || parse_numbers(bare).is_some() || parse_ordinal(bare).is_some()
    };
    parse_pronoun(phrase).is_some()
        || filter::parse_bulk_filter(phrase, now).is_some()
        || split_references(phrase).into_iter().any(pointed)
}

/// Numbers, places and titles, joined by commas and "and".
fn parse_references(phrase: Phrase<'_>) -> Option<Vec<Reference>> {
    let parts = split_references(phrase);
    let mut references = Vec::new();
    for part in &parts {
        let (bare, _) = strip_task_nouns(*part);
        match parse_numbers(bare) {
            Some(numbers) => references.extend(numbers.map(Reference::Number)),
            None if bare.is_empty() => return None,
            None => references.push(parse_ordinal(bare).unwrap_or_else(|| title_reference(bare))),
        }
    }
    let all_titles = references.iter().all(|reference| matches!(reference, Reference::Title(_)));
    let apart = |part: &Phrase<'_>| {
        part.is_quote() || strip_task_nouns(*part).1 || ARTICLES.contains(part.word_at(0))
    };
    if parts.len() > 1 && all_titles && !parts.iter().all(apart) {
        let (whole, _) = strip_task_nouns(phrase);
        let titles = references.into_iter().filter_map(|reference| match reference {
            Reference::Title(title) => Some(title),
            _ => None,
        });
        return Some(vec![Reference::JoinedTitles(
            whole.unquoted_text().to_owned(),
            titles.collect(),
        )]);
    }
    (!references.is_empty()).then_some(references)
}

fn split_references(phrase: Phrase<'_>) -> Vec<Phrase<'_>> {
    phrase.split(|word| matches!(word, "," | "and" | "&" | "plus" | ";"))
}

/// Strips "the task called" and "one"; tells whether a noun was there.
fn strip_task_nouns(phrase: Phrase<'_>) -> (Phrase<'_>, bool) {
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
fn parse_numbers(phrase: Phrase<'_>) -> Option<std::ops::RangeInclusive<u64>> {
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

fn parse_ordinal(phrase: Phrase<'_>) -> Option<Reference> {
    let word = if phrase.len() == 1 { phrase.word_at(0) } else { return None };
    ORDINALS.iter().find(|(name, _)| *name == word).map(|(_, place)| Reference::Ordinal(*place))
}

/// Whether the phrase points back: "it", "them".
pub(super) fn is_pronoun(phrase: Phrase<'_>) -> bool {
    parse_pronoun(phrase.trim_marks()).is_some()
}

fn parse_pronoun(phrase: Phrase<'_>) -> Option<Reference> {
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

fn title_reference(phrase: Phrase<'_>) -> Reference {
    Reference::Title(phrase.unquoted_text().to_owned())
}
