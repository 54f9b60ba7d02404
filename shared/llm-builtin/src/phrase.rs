//! A range of tokens with its source: words to match, and the exact text for titles.

use std::ops::Range;

use super::token::{Token, TokenKind};

/// Consecutive tokens and the source that they refer to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Phrase<'a> {
    source: &'a str,
    tokens: &'a [Token],
}

impl<'a> Phrase<'a> {
    /// The phrase of all `tokens` of `source`.
    pub(super) fn new(source: &'a str, tokens: &'a [Token]) -> Self {
        Self { source, tokens }
    }

    /// The number of tokens.
    pub(super) fn len(self) -> usize {
        self.tokens.len()
    }

    pub(super) fn is_empty(self) -> bool {
        self.tokens.is_empty()
    }

    /// The case-folded word at `index`; empty for a quotation and past the end.
    pub(super) fn word_at(self, index: usize) -> &'a str {
        self.tokens.get(index).map_or("", |token| token.word.as_str())
    }

    /// The last case-folded word; empty if there is none.
    pub(super) fn last_word(self) -> &'a str {
        self.tokens.last().map_or("", |token| token.word.as_str())
    }

    /// The case-folded words; a quotation is an empty word.
    pub(super) fn words(self) -> impl Iterator<Item = &'a str> {
        self.tokens.iter().map(|token| token.word.as_str())
    }

    /// Whether it starts with these space-separated words.
    pub(super) fn starts_with(self, words: &str) -> bool {
        words.split(' ').enumerate().all(|(index, word)| self.word_at(index) == word)
    }

    /// Whether it ends with these space-separated words.
    pub(super) fn ends_with(self, words: &str) -> bool {
        let count = words.split(' ').count();
        count <= self.len() && self.slice(self.len() - count..self.len()).starts_with(words)
    }

    /// Whether the token at `index` is punctuation.
    pub(super) fn is_mark(self, index: usize) -> bool {
        self.tokens.get(index).is_some_and(|token| token.kind == TokenKind::Mark)
    }

    /// Whether it is one quotation and nothing else.
    pub(super) fn is_quote(self) -> bool {
        matches!(self.tokens, [token] if token.kind == TokenKind::Quote)
    }

    /// Whether the word at `index` starts with a capital letter.
    pub(super) fn is_capital(self, index: usize) -> bool {
        let first = self.tokens.get(index).and_then(|t| self.source[t.start..].chars().next());
        first.is_some_and(char::is_uppercase)
    }

    /// The tokens of `range`, clamped to the phrase.
    pub(super) fn slice(self, range: Range<usize>) -> Self {
        let end = range.end.min(self.len());
        Self { tokens: &self.tokens[range.start.min(end)..end], ..self }
    }

    /// The tokens from `start` to the end.
    pub(super) fn skip_tokens(self, start: usize) -> Self {
        self.slice(start..self.len())
    }

    /// Strips punctuation at both ends, except brackets, which come in pairs.
    pub(super) fn trim_marks(self) -> Self {
        let start = self.tokens.iter().position(is_kept).unwrap_or(self.len());
        let end = self.tokens.iter().rposition(is_kept).map_or(start, |last| last + 1);
        self.slice(start..end)
    }

    /// Splits at the words that `separates` accepts; empty parts are dropped.
    pub(super) fn split(self, separates: impl Fn(&str) -> bool) -> Vec<Self> {
        let parts =
            self.tokens.split(|token| token.kind != TokenKind::Quote && separates(&token.word));
        parts.map(|tokens| Self { tokens, ..self }.trim_marks()).filter(|p| !p.is_empty()).collect()
    }

    /// The exact source text.
    pub(super) fn source_text(self) -> &'a str {
        match (self.tokens.first(), self.tokens.last()) {
            (Some(first), Some(last)) => &self.source[first.start..last.end],
            _ => "",
        }
    }

    /// The source text, without the quotation marks if it is one quotation.
    pub(super) fn unquoted_text(self) -> &'a str {
        let text = self.source_text();
        if !self.is_quote() {
            return text;
        }
        let mut inner = text.chars();
        inner.next();
        inner.next_back();
        inner.as_str().trim()
    }
}

fn is_kept(token: &Token) -> bool {
    token.kind != TokenKind::Mark || "()".contains(&token.word)
}
