//! A text as words.

use std::ops::ControlFlow;

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// The longest word that is told apart, in characters; longer ones are found by their beginning.
const LONGEST: usize = 64;

/// A word, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    /// Without case and accents, no longer than [`LONGEST`].
    pub(crate) folded: String,
    /// Where it begins, in bytes of the text.
    pub(crate) start: usize,
    /// Where that part of it ends that `folded` stands for.
    pub(crate) core: usize,
    /// Where it ends.
    pub(crate) end: usize,
    length: usize,
    is_whole: bool,
}

impl Word {
    fn begin(start: usize) -> Self {
        let folded = String::new();
        Self { folded, start, core: start, end: start, length: 0, is_whole: false }
    }

    fn push(&mut self, c: char, end: usize) {
        self.end = end;
        if self.length < LONGEST {
            self.folded.push(c);
            self.length += 1;
            self.core = end;
        }
    }
}

/// The distinct words of a text: runs of letters and digits, without case and accents. Ideographs and
/// kana, which are written without spaces, are words of one character each.
#[must_use]
pub fn split(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    scan(text, |word| {
        words.push(word.folded);
        ControlFlow::Continue(())
    });
    words.sort_unstable();
    words.dedup();
    words
}

/// Shows the words of a text in their order, until `found` has seen enough.
pub(crate) fn scan(text: &str, mut found: impl FnMut(Word) -> ControlFlow<()>) {
    let mut reader = Reader { open: None, found: &mut found, flow: ControlFlow::Continue(()) };
    for (start, c) in text.char_indices() {
        let end = start + c.len_utf8();
        if c.is_ascii() {
            reader.read(c.to_ascii_lowercase(), start, end);
        } else {
            decompose_compatible(c, |c| reader.fold(c, start, end));
        }
        if reader.flow.is_break() {
            return;
        }
    }
    reader.close();
}

struct Reader<'a, F> {
    open: Option<Word>,
    found: &'a mut F,
    flow: ControlFlow<()>,
}

impl<F: FnMut(Word) -> ControlFlow<()>> Reader<'_, F> {
    /// Takes a part of the character at `start..end`, which may be made of several.
    fn fold(&mut self, c: char, start: usize, end: usize) {
        if !is_combining_mark(c) {
            c.to_lowercase().for_each(|c| self.read(c, start, end));
        } else if let Some(word) = &mut self.open {
            word.end = end;
        }
    }

    fn read(&mut self, c: char, start: usize, end: usize) {
        let is_ideographic = is_ideographic(c);
        if is_ideographic
            || !c.is_alphanumeric()
            || self.open.as_ref().is_some_and(|it| it.is_whole)
        {
            self.close();
        }
        if c.is_alphanumeric() {
            let word = self.open.get_or_insert_with(|| Word::begin(start));
            word.push(c, end);
            word.is_whole = is_ideographic;
        }
    }

    fn close(&mut self) {
        if let Some(word) = self.open.take()
            && self.flow.is_continue()
        {
            self.flow = (self.found)(word);
        }
    }
}

fn is_ideographic(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests;
