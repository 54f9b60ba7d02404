//! Lists of words and short phrases.

use super::phrase::Phrase;

/// Lower-case words and phrases between bars: `please|could you|, thanks`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wordlist(pub(super) &'static str);

impl Wordlist {
    fn entries(self) -> impl Iterator<Item = &'static str> {
        self.0.split('|')
    }

    /// Whether the word is an entry; an empty word never is.
    pub(super) fn contains(self, word: &str) -> bool {
        !word.is_empty() && self.entries().any(|entry| entry == word)
    }

    /// Whether the whole phrase equals an entry.
    pub(super) fn equals(self, phrase: Phrase<'_>) -> bool {
        self.match_lengths(phrase).any(|words| words == phrase.len())
    }

    /// Whether the phrase starts with an entry.
    pub(super) fn matches_start(self, phrase: Phrase<'_>) -> bool {
        self.match_lengths(phrase).next().is_some()
    }

    /// The token count of the longest entry at the start of the phrase.
    pub(super) fn longest_match(self, phrase: Phrase<'_>) -> Option<usize> {
        self.match_lengths(phrase).max()
    }

    /// Strips the longest entry at the start; `None` without one, or if nothing is left.
    pub(super) fn strip_start<'a>(self, phrase: Phrase<'a>) -> Option<Phrase<'a>> {
        let rest = phrase.skip_tokens(self.longest_match(phrase)?).trim_marks();
        Some(rest).filter(|rest| !rest.is_empty())
    }

    /// Strips the longest entry at the end; `None` without one, or if nothing is left.
    pub(super) fn strip_end<'a>(self, phrase: Phrase<'a>) -> Option<Phrase<'a>> {
        let ending = self.entries().filter(|entry| phrase.ends_with(entry));
        let words = ending.map(|entry| entry.split(' ').count()).max()?;
        let rest = phrase.slice(0..phrase.len() - words).trim_marks();
        Some(rest).filter(|rest| !rest.is_empty())
    }

    fn match_lengths(self, phrase: Phrase<'_>) -> impl Iterator<Item = usize> {
        let starting = self.entries().filter(move |entry| phrase.starts_with(entry));
        starting.map(|entry| entry.split(' ').count())
    }
}
