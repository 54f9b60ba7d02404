//! The words of a text.

use std::ops::ControlFlow;

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// The most characters of a word that are compared.
const MAX_WORD_CHARS: usize = 64;

/// A word and its range in the text, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    /// Without case and accents, at most [`MAX_WORD_CHARS`] characters.
    pub(crate) folded: String,
    pub(crate) start: usize,
    /// The end of the part that `folded` stands for.
    pub(crate) folded_end: usize,
    pub(crate) end: usize,
    length: usize,
    is_ideograph: bool,
}

impl Word {
    fn new(start: usize) -> Self {
        let folded = String::new();
        Self { folded, start, folded_end: start, end: start, length: 0, is_ideograph: false }
    }

    fn push(&mut self, c: char, end: usize) {
        self.end = end;
        if self.length < MAX_WORD_CHARS {
            self.folded.push(c);
            self.length += 1;
            self.folded_end = end;
        }
    }
}

/// The distinct words of a text, sorted: runs of letters and digits, without case and accents.
/// Ideographs and kana, which are written without spaces, are words of one character each.
#[must_use]
pub fn split_words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    scan_words(text, |word| {
        words.push(word.folded);
        ControlFlow::Continue(())
    });
    words.sort_unstable();
    words.dedup();
    words
}

/// Calls `visit` for each word in order, until it breaks.
pub(crate) fn scan_words(text: &str, mut visit: impl FnMut(Word) -> ControlFlow<()>) {
    let mut scanner = Scanner { word: None, visit: &mut visit, flow: ControlFlow::Continue(()) };
    for (start, c) in text.char_indices() {
        let end = start + c.len_utf8();
        if c.is_ascii() {
            scanner.push_folded(c.to_ascii_lowercase(), start, end);
        } else {
            decompose_compatible(c, |c| scanner.push_decomposed(c, start, end));
        }
        if scanner.flow.is_break() {
            return;
        }
    }
    scanner.end_word();
}

struct Scanner<'a, F> {
    /// The word that is not complete yet.
    word: Option<Word>,
    visit: &'a mut F,
    flow: ControlFlow<()>,
}

impl<F: FnMut(Word) -> ControlFlow<()>> Scanner<'_, F> {
    /// Takes one of the characters into which the character at `start..end` decomposes.
    fn push_decomposed(&mut self, c: char, start: usize, end: usize) {
        if !is_combining_mark(c) {
            c.to_lowercase().for_each(|c| self.push_folded(c, start, end));
        } else if let Some(word) = &mut self.word {
            word.end = end;
        }
    }

    fn push_folded(&mut self, c: char, start: usize, end: usize) {
        let is_ideograph = is_ideograph(c);
        let is_after_ideograph = self.word.as_ref().is_some_and(|word| word.is_ideograph);
        if is_ideograph || is_after_ideograph || !c.is_alphanumeric() {
            self.end_word();
        }
        if c.is_alphanumeric() {
            let word = self.word.get_or_insert_with(|| Word::new(start));
            word.push(c, end);
            word.is_ideograph = is_ideograph;
        }
    }

    fn end_word(&mut self) {
        if let Some(word) = self.word.take()
            && self.flow.is_continue()
        {
            self.flow = (self.visit)(word);
        }
    }
}

/// Kana too.
fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests;
