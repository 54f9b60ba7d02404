//! Sentences, their segments, and the conjunctions between segments.

/// A sentence, or a line.
#[derive(Debug, Default)]
pub(super) struct Sentence {
    pub(super) segments: Vec<Segment>,
    /// Whether it ends with a question mark.
    pub(super) is_question: bool,
    /// Whether it starts after a line break or a semicolon.
    pub(super) starts_line: bool,
    /// Whether it follows a bullet or a list number.
    pub(super) has_bullet: bool,
}

/// A half-open range of tokens, without conjunctions at its ends.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) conjunction: Conjunction,
}

/// The conjunction before a segment; of several in a row the greatest counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Conjunction {
    /// None: the first segment of a sentence.
    Start,
    Comma,
    And,
    Or,
    But,
    Then,
}

/// The words and marks that separate segments.
pub(super) const CONJUNCTIONS: &[(&str, Conjunction)] = &[
    (",", Conjunction::Comma),
    ("—", Conjunction::Comma),
    ("and", Conjunction::And),
    ("&", Conjunction::And),
    ("or", Conjunction::Or),
    ("but", Conjunction::But),
    ("then", Conjunction::Then),
    ("also", Conjunction::Then),
    ("plus", Conjunction::Then),
    ("afterwards", Conjunction::Then),
];
