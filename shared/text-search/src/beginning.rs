//! Cutting a text where it does not hurt.

use unicode_segmentation::GraphemeCursor;

/// How far back the end of a word is looked for, in characters.
const MARGIN: usize = 30;

/// The beginning of a text: at most `most` characters, up to the end of a word where one is near, and
/// never a part of what a reader sees as one character. Empty where the first of these is longer.
#[must_use]
pub fn beginning(text: &str, most: usize) -> &str {
    match text.char_indices().nth(most) {
        None => text,
        Some((end, _)) => text[..word_end(text, end)].trim_end(),
    }
}

/// The last place before `end`, or there, at which the text may be cut: behind a word where one is near.
pub(crate) fn word_end(text: &str, end: usize) -> usize {
    let near = back(text, end, MARGIN);
    let is_behind_word = text[end..].starts_with(char::is_whitespace);
    let space = if is_behind_word {
        Some(end)
    } else {
        text[near..end].rfind(char::is_whitespace).map(|at| near + at)
    };
    floor(text, space.unwrap_or(end))
}

/// The first place behind `start`, or there, and before `limit`, at which the text may begin: in front
/// of a word where one is near.
pub(crate) fn word_start(text: &str, start: usize, limit: usize) -> usize {
    let near = forth(text, start, MARGIN).min(limit);
    let before = text[..start].chars().next_back();
    let space = if before.is_none_or(char::is_whitespace) {
        Some(start)
    } else {
        let behind = |(at, space): (usize, &str)| start + at + space.len();
        text[start..near].match_indices(char::is_whitespace).next().map(behind)
    };
    ceil(text, space.unwrap_or(start)).min(limit)
}

/// The place `count` characters before `at`.
pub(crate) fn back(text: &str, at: usize, count: usize) -> usize {
    text[..at].char_indices().rev().take(count).last().map_or(at, |(at, _)| at)
}

/// The place `count` characters behind `at`.
pub(crate) fn forth(text: &str, at: usize, count: usize) -> usize {
    text[at..].char_indices().nth(count).map_or(text.len(), |(length, _)| at + length)
}

/// The last place before `at`, or there, that is between what a reader sees as characters.
pub(crate) fn floor(text: &str, at: usize) -> usize {
    let mut cursor = GraphemeCursor::new(at, text.len(), true);
    match cursor.is_boundary(text, 0) {
        Ok(false) => cursor.prev_boundary(text, 0).ok().flatten().unwrap_or(0),
        _ => at,
    }
}

/// The first place behind `at`, or there, that is between what a reader sees as characters.
pub(crate) fn ceil(text: &str, at: usize) -> usize {
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
    fn a_text_is_cut_behind_a_word_where_one_is_near() {
        assert_eq!(beginning("short", 5), "short");
        assert_eq!(beginning("one two three", 10), "one two");
        assert_eq!(beginning("one two three", 7), "one two");
        assert_eq!(beginning(&"x".repeat(50), 40), "x".repeat(40));
        assert_eq!(beginning("牛乳を買う", 3), "牛乳を");
    }

    #[test]
    fn what_a_reader_sees_as_one_character_stays_whole() {
        assert_eq!(beginning("abe\u{301}\u{302}c", 4), "ab");
        assert_eq!(beginning("👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 10), "👩‍👩‍👧‍👦");
        assert_eq!(beginning("🇩🇪🇫🇷", 3), "🇩🇪");
        assert_eq!(beginning(&format!("e{}", "\u{301}".repeat(99)), 60), "");
    }
}
