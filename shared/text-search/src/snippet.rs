//! The part of a text that shows why a search found it.

use std::ops::{ControlFlow, Range};

use crate::split::{Word, scan_words};
use crate::truncate::{
    ceil_grapheme, floor_grapheme, offset_after, offset_before, word_end, word_start,
};

/// The length of a snippet in characters. Only one that consists of the beginning of one word is longer.
const LENGTH: usize = 200;

/// How much of it precedes the first match.
const LEADING_CONTEXT: usize = 60;

/// A part of a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snippet {
    /// The part, unchanged.
    pub text: String,
    /// The matches, in ascending order, in characters (Unicode scalar values) of `text`.
    pub highlights: Vec<Range<usize>>,
}

/// The part of a text around the first word that begins with one of `words` (from
/// [`split_words`](crate::split_words())); the beginning of the text if there is none. About 200
/// characters, cut between words if possible and never within a grapheme cluster.
#[must_use]
pub fn extract_snippet(text: &str, words: &[String]) -> Snippet {
    let (window, matches) = find_matches(text, words);
    let window = window.unwrap_or_else(|| 0..word_end(text, offset_after(text, 0, LENGTH)));
    let highlights = to_char_ranges(text, window.start, matches);
    Snippet { text: text[window].to_owned(), highlights }
}

/// The snippet's range, if there is a match, and the matches in it. In bytes of `text`.
fn find_matches(text: &str, words: &[String]) -> (Option<Range<usize>>, Vec<Range<usize>>) {
    let mut window = None;
    let mut matches: Vec<Range<usize>> = Vec::new();
    scan_words(text, |word| {
        let is_match = words.iter().any(|wanted| word.folded.starts_with(wanted.as_str()));
        if is_match && window.is_none() {
            window = Some(snippet_range(text, &word));
        }
        let end = window.as_ref().map_or(text.len(), |window| window.end);
        if word.folded_end > end {
            return ControlFlow::Break(());
        }
        if is_match {
            push_merged(&mut matches, word.start..word.end.min(end));
        }
        ControlFlow::Continue(())
    });
    (window, matches)
}

/// Adds a range, merged with the last one if they touch.
fn push_merged(ranges: &mut Vec<Range<usize>>, range: Range<usize>) {
    match ranges.last_mut() {
        Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
        _ => ranges.push(range),
    }
}

/// Converts ascending byte ranges of `text` into character ranges relative to `origin`.
fn to_char_ranges(text: &str, origin: usize, ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    let (mut at, mut count) = (origin, 0);
    let mut converted = Vec::with_capacity(ranges.len());
    for range in ranges {
        let start = count + text[at..range.start].chars().count();
        count = start + text[range.clone()].chars().count();
        at = range.end;
        converted.push(start..count);
    }
    converted
}

/// The range of the snippet around a word.
fn snippet_range(text: &str, word: &Word) -> Range<usize> {
    let following = text[word.start..].chars().take(LENGTH).count();
    let first = floor_grapheme(text, word.start);
    let start = match offset_before(text, first, LEADING_CONTEXT.max(LENGTH - following)) {
        0 => 0,
        start => word_start(text, start, first),
    };
    let end = match offset_after(text, start, LENGTH) {
        end if end == text.len() => end,
        end => word_end(text, end),
    };
    let end = if end < word.folded_end { ceil_grapheme(text, word.folded_end) } else { end };
    trim_range(text, start..end)
}

/// Removes white space at both ends, except where it is part of a grapheme cluster.
fn trim_range(text: &str, Range { start, end }: Range<usize>) -> Range<usize> {
    let part = &text[start..end];
    let (from, to) = (end - part.trim_start().len(), start + part.trim_end().len());
    let from = if floor_grapheme(text, from) == from { from } else { start };
    let to = if floor_grapheme(text, to) == to { to } else { end };
    from..to
}

#[cfg(test)]
mod tests;
