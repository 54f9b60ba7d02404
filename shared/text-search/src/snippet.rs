//! The part of a text that shows why it was found.

use std::ops::{ControlFlow, Range};

use crate::beginning::{back, ceil, floor, forth, word_end, word_start};
use crate::split::{Word, scan};

/// How long a snippet is, in characters. A longer one holds nothing but the beginning of one word.
const LENGTH: usize = 200;

/// How much of it stands before the first word found.
const BEFORE: usize = 60;

/// A part of a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snippet {
    /// The part, as it is written.
    pub text: String,
    /// Where words stand in it that were looked for, in characters (Unicode scalar values), in order.
    pub highlights: Vec<Range<usize>>,
}

/// The part of a text around the first word that begins with one of `words`, as
/// [`split`](crate::split()) gives them; the text's beginning where there is none. It has about 200
/// characters, is cut between words where that is possible, and never within what a reader sees as one
/// character.
#[must_use]
pub fn snippet(text: &str, words: &[String]) -> Snippet {
    let mut window = None;
    let mut spans: Vec<Range<usize>> = Vec::new();
    scan(text, |word| {
        let is_wanted = words.iter().any(|wanted| word.folded.starts_with(wanted.as_str()));
        if is_wanted && window.is_none() {
            window = Some(around(text, &word));
        }
        let end = window.as_ref().map_or(text.len(), |window| window.end);
        if word.core > end {
            return ControlFlow::Break(());
        }
        if is_wanted {
            let span = word.start..word.end.min(end);
            match spans.last_mut() {
                Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
                _ => spans.push(span),
            }
        }
        ControlFlow::Continue(())
    });
    let window = window.unwrap_or_else(|| 0..word_end(text, forth(text, 0, LENGTH)));
    let (mut at, mut count) = (window.start, 0);
    let mut place = |to: usize| {
        count += text[at..to].chars().count();
        at = to;
        count
    };
    let highlights = spans.into_iter().map(|span| place(span.start)..place(span.end)).collect();
    Snippet { text: text[window].to_owned(), highlights }
}

/// Where the snippet around a word begins and ends.
fn around(text: &str, word: &Word) -> Range<usize> {
    let behind = text[word.start..].chars().take(LENGTH).count();
    let first = floor(text, word.start);
    let start = match back(text, first, BEFORE.max(LENGTH - behind)) {
        0 => 0,
        start => word_start(text, start, first),
    };
    let end = match forth(text, start, LENGTH) {
        end if end == text.len() => end,
        end => word_end(text, end),
    };
    let end = if end < word.core { ceil(text, word.core) } else { end };
    trim(text, start..end)
}

/// Takes white space off the ends, where it is no part of what a reader sees as one character.
fn trim(text: &str, Range { start, end }: Range<usize>) -> Range<usize> {
    let part = &text[start..end];
    let (from, to) = (end - part.trim_start().len(), start + part.trim_end().len());
    let keep = |trimmed, old| if floor(text, trimmed) == trimmed { trimmed } else { old };
    keep(from, start)..keep(to, end)
}

#[cfg(test)]
mod tests;
