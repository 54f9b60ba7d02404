//! References to existing tasks: "task 12", "#3", "1 and 2", "3-5", "the dentist one", "it".

mod part;

use crate::date::Now;
use crate::filter;
use crate::intent::{Reference, Target};
use crate::phrase::Phrase;
use crate::wordlist::Wordlist;
use part::{
    ARTICLES, parse_numbers, parse_ordinal, parse_pronoun, strip_task_nouns, title_reference,
};

/// The most words in which tasks are named; a title has no more.
const MAX_REFERENCE_WORDS: usize = 100;
/// Words that name no task: a phrase that starts with one is a question or a statement.
const NO_NAMES: Wordlist = Wordlist(
    "what|which|who|whose|how|why|when|where|if|whether|not|no|none|nothing|nobody|neither|any|\
     anything|i|you|he|she|we|they|there|me|us|of|or|so|well|because|is|are",
);

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

/// Whether the phrase points back: "it", "them".
pub(super) fn is_pronoun(phrase: Phrase<'_>) -> bool {
    parse_pronoun(phrase.trim_marks()).is_some()
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
