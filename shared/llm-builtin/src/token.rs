//! Cuts what the user wrote into words, quotations and punctuation, without losing a byte of it.
//!
//! Words are matched in lower case, but titles are taken from the source by position: lower case
//! may have another length in bytes (`İ`), and what the user wrote has to survive exactly.

/// One piece of what the user wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    /// What it is.
    pub(super) kind: TokenKind,
    /// In lower case with straight apostrophes and plain hyphens; empty for a quotation.
    pub(super) word: String,
    /// Where it starts in the source, in bytes.
    pub(super) start: usize,
    /// Where it ends in the source, in bytes.
    pub(super) end: usize,
}

/// What a [`Token`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    Word,
    /// Text between quotation marks; they belong to the token.
    Quote,
    Mark,
}

/// Marks that stand alone wherever they are written.
const MARKS_ANYWHERE: &str = ",;()…—\n";
/// Marks that stand alone at the end of a word; inside one ("5.30", "17:00") they are part of it.
const MARKS_AT_WORD_END: &str = ".:!?";
/// Marks that stand alone between spaces: bullets and dashes.
const MARKS_BETWEEN_SPACES: &str = "-–*•";
/// Each opening quotation mark, and the marks that close it.
const QUOTES: &[(char, &str)] = &[
    ('"', "\"”"),
    ('“', "”\"“"),
    ('„', "“”\""),
    ('«', "»"),
    ('\'', "'’"),
    ('‘', "’'"),
    ('`', "`"),
];
/// The longest quotation, in characters: bounds the search for a closing mark.
const MAX_QUOTE_CHARS: usize = 1_000;

/// The tokens of `source`, in order; only white space lies between them.
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

/// The text in the form in which words are compared.
pub(super) fn fold_case(text: &str) -> String {
    text.to_lowercase().replace(['’', '‘'], "'").replace(['–', '—', '‑'], "-")
}

fn is_mark(c: char, rest: &str) -> bool {
    let next = rest.chars().next();
    let ends = |next: char| {
        next.is_whitespace()
            || MARKS_ANYWHERE.contains(next)
            || MARKS_AT_WORD_END.contains(next)
            || QUOTES.iter().any(|(open, close)| *open == next || close.contains(next))
    };
    MARKS_ANYWHERE.contains(c)
        || (MARKS_AT_WORD_END.contains(c) && next.is_none_or(ends))
        || (MARKS_BETWEEN_SPACES.contains(c) && next.is_none_or(char::is_whitespace))
}

fn word_end(source: &str, start: usize) -> usize {
    let rest = &source[start..];
    let stops = |(at, c): &(usize, char)| {
        let after = &rest[at + c.len_utf8()..];
        c.is_whitespace() || (!MARKS_BETWEEN_SPACES.contains(*c) && is_mark(*c, after))
    };
    rest.char_indices().find(stops).map_or(source.len(), |(at, _)| start + at)
}

/// Where the quotation that starts here ends, if one does: it must close on the same line, hold
/// more than white space, and not close in the middle of a word, so that an apostrophe opens none.
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
