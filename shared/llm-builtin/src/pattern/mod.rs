//! The little language in which the grammar is written, and its matcher.
//!
//! A pattern is a row of parts: `word`, `one|or_two_words|another`, `$set` for the words of a set,
//! the same in brackets when it may be missing (`[my|$list]`), and `<slot>`, which takes one or
//! more tokens.

mod word_sets;

use crate::phrase::Phrase;
use word_sets::SETS;

/// The most tokens that a slot takes before more words of the pattern: bounds the search.
const MAX_SLOT_TOKENS: usize = 40;

/// A pattern, ready to match.
#[derive(Debug)]
pub(super) struct Pattern {
    parts: Vec<PatternPart>,
}

/// One part of a pattern.
#[derive(Debug)]
enum PatternPart {
    Words { choices: Vec<Vec<&'static str>>, optional: bool },
    Slot(&'static str),
}

/// What the slots of a pattern took.
#[derive(Debug, Default)]
pub(super) struct Captures<'a>(Vec<(&'static str, Phrase<'a>)>);

impl<'a> Captures<'a> {
    /// What the slot of this name took.
    pub(super) fn get(&self, name: &str) -> Option<Phrase<'a>> {
        self.0.iter().find(|(slot, _)| *slot == name).map(|(_, phrase)| *phrase)
    }
}

impl Pattern {
    /// Reads a pattern as the grammar writes it.
    pub(super) fn new(text: &'static str) -> Self {
        Self { parts: text.split_whitespace().map(PatternPart::new).collect() }
    }

    /// Matches the whole phrase. The shortest slots are tried first; `accept` judges what they took
    /// and makes the result, and when it declines the search goes on.
    pub(super) fn match_phrase<'a, T>(
        &self,
        phrase: Phrase<'a>,
        accept: &dyn Fn(&Captures<'a>) -> Option<T>,
    ) -> Option<T> {
        match_parts(&self.parts, phrase, &mut Captures::default(), accept)
    }
}

impl PatternPart {
    fn new(text: &'static str) -> Self {
        if let Some(name) = text.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) {
            return Self::Slot(name);
        }
        let inner = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let choices = inner.unwrap_or(text).split('|').flat_map(|choice| {
            let set = SETS.iter().find(|(name, _)| *name == choice);
            set.map_or(choice, |(_, words)| words).split('|')
        });
        let choices = choices.map(|words| words.split('_').collect()).collect();
        Self::Words { choices, optional: inner.is_some() }
    }
}

fn match_parts<'a, T>(
    parts: &[PatternPart],
    phrase: Phrase<'a>,
    captures: &mut Captures<'a>,
    accept: &dyn Fn(&Captures<'a>) -> Option<T>,
) -> Option<T> {
    let Some((part, rest)) = parts.split_first() else {
        return if phrase.is_empty() { accept(captures) } else { None };
    };
    match part {
        PatternPart::Words { choices, optional } => choices
            .iter()
            .filter(|words| words.iter().enumerate().all(|(at, word)| phrase.word_at(at) == *word))
            .map(Vec::len)
            .chain(optional.then_some(0))
            .find_map(|taken| match_parts(rest, phrase.skip_tokens(taken), captures, accept)),
        PatternPart::Slot(name) => {
            let shortest = if rest.is_empty() { phrase.len().max(1) } else { 1 };
            let longest =
                if rest.is_empty() { phrase.len() } else { phrase.len().min(MAX_SLOT_TOKENS) };
            (shortest..=longest).find_map(|taken| {
                captures.0.push((name, phrase.slice(0..taken)));
                let found = match_parts(rest, phrase.skip_tokens(taken), captures, accept);
                captures.0.pop();
                found
            })
        }
    }
}
