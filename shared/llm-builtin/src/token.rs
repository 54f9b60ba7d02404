//! Splits a message into words, quotations and punctuation marks.
//!
//! Words are compared in lower case, but titles are cut from the source by byte position: lower
//! case can change the length in bytes (`İ`), and titles keep the exact text.

/// A word, a quotation or a punctuation mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    /// The case-folded word ([`fold_case`]); empty for a quotation.
    pub(super) word: String,
    /// Byte offset of the start in the source.
    pub(super) start: usize,
    /// Byte offset of the end in the source.
    pub(super) end: usize,
}

/// The kind of a [`Token`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    Word,
    /// Text with its quotation marks.
    Quote,
    Mark,
}

/// Marks that are tokens everywhere.
const MARKS_ANYWHERE: &str = ",;()…—\n";
/// Marks that are tokens at the end of a word; inside a word ("5.30", "17:00") they belong to it.
const MARKS_AT_WORD_END: &str = ".:!?";
/// Marks that are tokens between spaces: bullets and dashes.
const MARKS_BETWEEN_SPACES: &str = "-–*•";
/// Opening quotation marks, each with the marks that close it.
const QUOTES: &[(char, &str)] = &[
    ('"', "\"”"),
    ('“', "”\"“"),
    ('„', "“”\""),
    ('«', "»"),
    ('\'', "'’"),
    ('‘', "’'"),
    ('`', "`"),
];

/// The longest quotation, in characters; bounds the search for the closing mark.
const MAX_QUOTE_CHARS: usize = 1_000;

/// Splits `source` into tokens, in order, with nothing but white space between them.
pub(super) fn tokenize(source: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut start = 0;
    while let Some(first) = source[start..].chars().next() {
        let after_first = start + first.len_utf8();
        if first.is_whitespace() && first != '\n' {
            start = after_first;
            continue;
        }
        let (kind, end) = if let Some(end) = quotation_end(source, start, first) {
            (TokenKind::Quote, end)
        } else if is_mark(first, &source[after_first..]) {
            (TokenKind::Mark, after_first)
        } else {
            (TokenKind::Word, word_end(source, after_first))
        };
        let word =
            if kind == TokenKind::Quote { String::new() } else { fold_case(&source[start..end]) };
        tokens.push(Token { kind, word, start, end });
        start = end;
    }
    tokens
}

/// Lower case with straight apostrophes and plain hyphens, the form in which words are compared.
pub(super) fn fold_case(text: &str) -> String {
    text.to_lowercase().replace(['’', '‘'], "'").replace(['–', '—', '‑'], "-")
}

fn is_mark(c: char, rest: &str) -> bool {
    let next = rest.chars().next();
    MARKS_ANYWHERE.contains(c)
        || (MARKS_AT_WORD_END.contains(c) && next.is_none_or(ends_word))
        || (MARKS_BETWEEN_SPACES.contains(c) && next.is_none_or(char::is_whitespace))
}

/// Whether a word is over before this character, if a mark stands between them.
fn ends_word(next: char) -> bool {
    next.is_whitespace()
        || MARKS_ANYWHERE.contains(next)
        || MARKS_AT_WORD_END.contains(next)
        || QUOTES.iter().any(|(open, close)| *open == next || close.contains(next))
}

fn word_end(source: &str, start: usize) -> usize {
    let rest = &source[start..];
    let end = rest.char_indices().find(|(at, c)| {
        let after = &rest[at + c.len_utf8()..];
        c.is_whitespace() || (!MARKS_BETWEEN_SPACES.contains(*c) && is_mark(*c, after))
    });
    end.map_or(source.len(), |(at, _)| start + at)
}

/// The end of the quotation that starts at `start`, if one does. It closes on the same line, is not
/// blank, and does not close inside a word, so that an apostrophe starts no quotation.
fn quotation_end(source: &str, start: usize, open: char) -> Option<usize> {
    let (_, closers) = QUOTES.iter().find(|(mark, _)| *mark == open)?;
    let inner = start + open.len_utf8();
    for (at, c) in source[inner..].char_indices().take(MAX_QUOTE_CHARS) {
        let end = inner + at + c.len_utf8();
        let inside_word = source[end..].chars().next().is_some_and(char::is_alphanumeric);
        if closers.contains(c) && !inside_word {
            return (!source[inner..inner + at].trim().is_empty()).then_some(end);
        }
        if c == '\n' {
            return None;
        }
    }
    None
}
