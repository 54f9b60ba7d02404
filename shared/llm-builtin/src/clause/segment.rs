//! Sentences, their segments, and the conjunctions between segments.

/// Words between two ends of a sentence.
#[derive(Debug, Default)]
pub(super) struct Sentence {
    /// Its pieces, in order.
    pub(super) segments: Vec<Segment>,
    /// Whether a question mark ends it.
    pub(super) is_question: bool,
    /// Whether it starts on a line of its own, or after a semicolon.
    pub(super) starts_line: bool,
    /// Whether a bullet or number stands before it.
    pub(super) has_bullet: bool,
}

/// The tokens from `start` to `end`, without what joins them to their neighbours.
#[derive(Debug)]
pub(super) struct Segment {
    /// Its first token.
    pub(super) start: usize,
    /// The token after its last.
    pub(super) end: usize,
    /// What stands before it.
    pub(super) conjunction: Conjunction,
}

/// What joins an atom to the one before it; the later one counts where several stand together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Conjunction {
    /// It is the first one of its sentence.
    Start,
    Comma,
    And,
    Or,
    But,
    Then,
}

/// The words and marks between atoms.
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
