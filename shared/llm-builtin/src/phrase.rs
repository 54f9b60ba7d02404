//! A stretch of what the user wrote: tokens to match, and the exact text to keep.

use std::ops::Range;

use super::token::{Token, TokenKind};

/// Some neighbouring tokens and the source that they were cut from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Phrase<'a> {
    source: &'a str,
    tokens: &'a [Token],
}

impl<'a> Phrase<'a> {
    /// The phrase of all `tokens`, which were cut from `source`.
    pub(super) fn new(source: &'a str, tokens: &'a [Token]) -> Self {
        Self { source, tokens }
    }

    /// How many tokens it has.
    pub(super) fn len(self) -> usize {
        self.tokens.len()
    }

    /// Whether it has no token.
    pub(super) fn is_empty(self) -> bool {
        self.tokens.is_empty()
    }

    /// The folded word at `index`; empty for a quotation and beyond the end.
    pub(super) fn word_at(self, index: usize) -> &'a str {
        self.tokens.get(index).map_or("", |token| token.word.as_str())
    }

    /// The last folded word.
    pub(super) fn last_word(self) -> &'a str {
        self.tokens.last().map_or("", |token| token.word.as_str())
    }

    /// The folded words, in order.
    pub(super) fn words(self) -> impl Iterator<Item = &'a str> {
        self.tokens.iter().map(|token| token.word.as_str())
    }

    /// Whether it starts with these words, each separated by a space.
    pub(super) fn starts_with(self, words: &str) -> bool {
        words.split(' ').enumerate().all(|(index, word)| self.word_at(index) == word)
    }

    /// Whether it ends with these words, each separated by a space.
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

    /// The tokens of `range`, cut to those that there are.
    pub(super) fn slice(self, range: Range<usize>) -> Self {
        let end = range.end.min(self.len());
        Self { tokens: &self.tokens[range.start.min(end)..end], ..self }
    }

    /// All tokens from `start` on.
    pub(super) fn skip_tokens(self, start: usize) -> Self {
        self.slice(start..self.len())
    }

    /// Without the punctuation at both ends; brackets stay, for they come in pairs.
    pub(super) fn trim_marks(self) -> Self {
        let is_word = |token: &Token| token.kind != TokenKind::Mark || "()".contains(&token.word);
        let start = self.tokens.iter().position(is_word).unwrap_or(self.len());
        let end = self.tokens.iter().rposition(is_word).map_or(start, |last| last + 1);
        self.slice(start..end)
    }

    /// The parts between the tokens that `separates` accepts; empty parts are left out.
    pub(super) fn split(self, separates: impl Fn(&str) -> bool) -> Vec<Self> {
        let parts =
            self.tokens.split(|token| token.kind != TokenKind::Quote && separates(&token.word));
        parts.map(|tokens| Self { tokens, ..self }.trim_marks()).filter(|p| !p.is_empty()).collect()
    }

    /// Exactly what the user wrote.
    pub(super) fn source_text(self) -> &'a str {
        match (self.tokens.first(), self.tokens.last()) {
            (Some(first), Some(last)) => &self.source[first.start..last.end],
            _ => "",
        }
    }

    /// What the user wrote; without the quotation marks if it is one quotation.
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
