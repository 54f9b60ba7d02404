//! The pattern language of the grammar, and its matcher.
//!
//! A pattern is a sequence of parts: `word`, alternatives `one|or_two_words|another`, a word set
//! `$set`, any of these in brackets if optional (`[my|$list]`), and `<slot>`, which captures one or
//! more tokens.

mod word_sets;

use crate::phrase::Phrase;
use word_sets::SETS;

/// The most tokens of a slot before further parts; bounds the backtracking.
const MAX_SLOT_TOKENS: usize = 40;

/// A parsed pattern.
#[derive(Debug)]
pub(super) struct Pattern {
    parts: Vec<PatternPart>,
}

/// A part of a pattern.
#[derive(Debug)]
enum PatternPart {
    Words { choices: Vec<Vec<&'static str>>, optional: bool },
    Slot(&'static str),
}

/// The phrases that the slots captured.
#[derive(Debug, Default)]
pub(super) struct Captures<'a>(Vec<(&'static str, Phrase<'a>)>);

impl<'a> Captures<'a> {
    /// The phrase that a slot captured.
    pub(super) fn get(&self, name: &str) -> Option<Phrase<'a>> {
        self.0.iter().find(|(slot, _)| *slot == name).map(|(_, phrase)| *phrase)
    }
}

impl Pattern {
    /// Parses a pattern.
    pub(super) fn new(text: &'static str) -> Self {
        Self { parts: text.split_whitespace().map(PatternPart::new).collect() }
    }

    /// Matches the whole phrase, shortest slots first. `accept` builds the result from the
    /// captures; if it declines, matching continues with longer slots.
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
