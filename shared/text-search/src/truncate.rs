//! Truncating text at the ends of words, and never within a grapheme cluster (what a reader sees as one
//! character). All offsets are in bytes, all lengths in `char`s.

use unicode_segmentation::GraphemeCursor;

/// How far to look for the end of a word, in characters.
const WORD_MARGIN: usize = 30;

/// The beginning of a text: at most `max_chars` characters, up to the end of a word if one is near.
/// Empty if the first grapheme cluster is longer.
#[must_use]
pub fn truncate_text(text: &str, max_chars: usize) -> &str {
    match text.char_indices().nth(max_chars) {
        None => text,
        Some((end, _)) => text[..word_end(text, end)].trim_end(),
    }
}

/// The last offset up to `end` at which the text may end: after a word if one ends near.
pub(crate) fn word_end(text: &str, end: usize) -> usize {
    let near = offset_before(text, end, WORD_MARGIN);
    let is_after_word = text[end..].starts_with(char::is_whitespace);
    let space = if is_after_word {
        Some(end)
    } else {
        text[near..end].rfind(char::is_whitespace).map(|at| near + at)
    };
    floor_grapheme(text, space.unwrap_or(end))
}

/// The first offset from `start`, at most `limit`, at which the text may begin: at a word if one
/// begins near.
pub(crate) fn word_start(text: &str, start: usize, limit: usize) -> usize {
    let near = offset_after(text, start, WORD_MARGIN).min(limit);
    let before = text[..start].chars().next_back();
    let space = if before.is_none_or(char::is_whitespace) {
        Some(start)
    } else {
        let space = text[start..near].match_indices(char::is_whitespace).next();
        space.map(|(at, space)| start + at + space.len())
    };
    ceil_grapheme(text, space.unwrap_or(start)).min(limit)
}

/// The offset `count` characters before `at`; 0 at least.
pub(crate) fn offset_before(text: &str, at: usize, count: usize) -> usize {
    text[..at].char_indices().rev().take(count).last().map_or(at, |(at, _)| at)
}

/// The offset `count` characters after `at`; the text's length at most.
pub(crate) fn offset_after(text: &str, at: usize, count: usize) -> usize {
    text[at..].char_indices().nth(count).map_or(text.len(), |(length, _)| at + length)
}

/// The last grapheme boundary up to `at`.
pub(crate) fn floor_grapheme(text: &str, at: usize) -> usize {
    let mut cursor = GraphemeCursor::new(at, text.len(), true);
    match cursor.is_boundary(text, 0) {
        Ok(false) => cursor.prev_boundary(text, 0).ok().flatten().unwrap_or(0),
        _ => at,
    }
}

/// The first grapheme boundary from `at`.
pub(crate) fn ceil_grapheme(text: &str, at: usize) -> usize {
    let mut cursor = GraphemeCursor::new(at, text.len(), true);
    match cursor.is_boundary(text, 0) {
        Ok(false) => cursor.next_boundary(text, 0).ok().flatten().unwrap_or(text.len()),
        _ => at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_after_a_word_if_one_is_near() {
        assert_eq!(truncate_text("short", 5), "short");
        assert_eq!(truncate_text("one two three", 10), "one two");
        assert_eq!(truncate_text("one two three", 7), "one two");
        assert_eq!(truncate_text(&"x".repeat(50), 40), "x".repeat(40));
        assert_eq!(truncate_text("牛乳を買う", 3), "牛乳を");
    }

    #[test]
    fn grapheme_clusters_stay_whole() {
        assert_eq!(truncate_text("abe\u{301}\u{302}c", 4), "ab");
        assert_eq!(truncate_text("👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 10), "👩‍👩‍👧‍👦");
        assert_eq!(truncate_text("🇩🇪🇫🇷", 3), "🇩🇪");
        assert_eq!(truncate_text(&format!("e{}", "\u{301}".repeat(99)), 60), "");
    }
}
