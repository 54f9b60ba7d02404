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

/// The longest reference, in tokens.
const MAX_REFERENCE_WORDS: usize = 100;
/// Words that start a question or a statement instead of a reference.
const NO_NAMES: Wordlist = Wordlist(
    "what|which|who|whose|how|why|when|where|if|whether|not|no|none|nothing|nobody|neither|any|\
     anything|i|you|he|she|we|they|there|me|us|of|or|so|well|because|is|are",
);

/// Parses the target of a change.
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

/// Parses a reference to one task.
pub(super) fn parse_single_reference(phrase: Phrase<'_>, now: &Now) -> Option<Reference> {
    match parse_target(phrase, now)? {
        Target::Named(mut references) if references.len() == 1 => match references.pop()? {
            Reference::JoinedTitles(whole, _) => Some(Reference::Title(whole)),
            reference => Some(reference),
        },
        _ => None,
    }
}

/// Whether the phrase can only refer to existing tasks: a number, "the … one", a quotation.
pub(super) fn is_explicit(phrase: Phrase<'_>, now: &Now) -> bool {
    let phrase = phrase.trim_marks();
    if phrase.len() > MAX_REFERENCE_WORDS {
        return false;
    }
    parse_pronoun(phrase).is_some()
        || filter::parse_bulk_filter(phrase, now).is_some()
        || split_references(phrase).into_iter().any(is_explicit_part)
}

fn is_explicit_part(part: Phrase<'_>) -> bool {
    let (bare, noun) = strip_task_nouns(part);
    noun || bare.is_quote() || parse_numbers(bare).is_some() || parse_ordinal(bare).is_some()
}

/// Whether the phrase is a pronoun: "it", "them".
pub(super) fn is_pronoun(phrase: Phrase<'_>) -> bool {
    parse_pronoun(phrase.trim_marks()).is_some()
}

/// Parses numbers, ordinals and titles between commas and "and".
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
    if parts.len() > 1 && all_titles && !parts.iter().all(|part| is_separate_title(*part)) {
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

/// Whether the part is a title of its own: quoted, or with a noun or an article.
fn is_separate_title(part: Phrase<'_>) -> bool {
    part.is_quote() || strip_task_nouns(part).1 || ARTICLES.contains(part.word_at(0))
}

fn split_references(phrase: Phrase<'_>) -> Vec<Phrase<'_>> {
    phrase.split(|word| matches!(word, "," | "and" | "&" | "plus" | ";"))
}
