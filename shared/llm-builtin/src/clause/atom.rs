//! Cuts a message into sentences, and these into the pieces between commas and conjunctions.

use super::Phrase;
use crate::wordlist::Wordlist;

/// Words between two ends of a sentence.
#[derive(Debug, Default)]
pub(super) struct Sentence {
    /// Its pieces, in order.
    pub(super) atoms: Vec<Atom>,
    /// Whether a question mark ends it.
    pub(super) question: bool,
    /// Whether it starts on a line of its own, or after a semicolon.
    pub(super) own_line: bool,
    /// Whether a bullet or number stands before it.
    pub(super) bullet: bool,
}

/// The tokens from `start` to `end`, without what joins them to their neighbours.
#[derive(Debug)]
pub(super) struct Atom {
    /// Its first token.
    pub(super) start: usize,
    /// The token after its last.
    pub(super) end: usize,
    /// What stands before it.
    pub(super) joint: Joint,
}

/// What joins an atom to the one before it; the later one counts where several stand together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Joint {
    /// It is the first one of its sentence.
    Start,
    Comma,
    And,
    Or,
    But,
    Then,
}

/// The words and marks between atoms.
const JOINTS: &[(&str, Joint)] = &[
    (",", Joint::Comma),
    ("—", Joint::Comma),
    ("and", Joint::And),
    ("&", Joint::And),
    ("or", Joint::Or),
    ("but", Joint::But),
    ("then", Joint::Then),
    ("also", Joint::Then),
    ("plus", Joint::Then),
    ("afterwards", Joint::Then),
];

/// Words whose full stop ends no sentence.
const ABBREVIATIONS: Wordlist =
    Wordlist("dr|mr|mrs|ms|prof|st|vs|no|nr|e.g|i.e|etc|approx|a.m|p.m|am|pm|inc|ltd|jr|sr");

/// The sentences of a message, in order; none is empty.
pub(super) fn sentences(phrase: Phrase<'_>) -> Vec<Sentence> {
    let mut cutter = Cutter::new(phrase);
    let mut at = 0;
    while at < phrase.len() {
        at = cutter.step(at);
    }
    cutter.end_sentence(at, false);
    cutter.done
}

/// The state of cutting, from the first token to the last.
struct Cutter<'a> {
    phrase: Phrase<'a>,
    done: Vec<Sentence>,
    open: Sentence,
    /// Where the open atom starts, and what joins it.
    start: usize,
    joint: Joint,
    /// The number that the next item of a numbered list would have.
    next_number: u32,
}

impl<'a> Cutter<'a> {
    fn new(phrase: Phrase<'a>) -> Self {
        let open = Sentence { own_line: true, ..Sentence::default() };
        Self { phrase, done: Vec::new(), open, start: 0, joint: Joint::Start, next_number: 1 }
    }

    /// Looks at the token at `at`; gives where to go on.
    fn step(&mut self, at: usize) -> usize {
        if let Some(length) = self.bullet(at) {
            self.end_sentence(at, false);
            (self.open.own_line, self.open.bullet) = (true, true);
            self.start = at + length;
            return self.start;
        }
        match self.phrase.word(at) {
            "\n" | ";" => {
                self.end_sentence(at, false);
                self.open.own_line = true;
            }
            "?" => self.end_sentence(at, true),
            "!" | "…" => self.end_sentence(at, false),
            "." => return self.full_stop(at),
            word => match JOINTS.iter().find(|(joint, _)| *joint == word) {
                Some((_, joint)) => self.join(at, *joint),
                None => return at + 1,
            },
        }
        self.start = at + 1;
        at + 1
    }

    fn full_stop(&mut self, at: usize) -> usize {
        let before = if at == 0 { "" } else { self.phrase.word(at - 1) };
        let initial = before.chars().count() == 1 && self.phrase.is_capital(at - 1);
        if ABBREVIATIONS.has(before) || initial {
            return at + 1;
        }
        // People who write no capitals end sentences as well, but so do names ("v. 2"): such a stop
        // counts only if a command follows.
        let next = at + 1;
        if next < self.phrase.len() && !self.phrase.is_capital(next) && !self.phrase.is_mark(next) {
            self.join(at, Joint::Then);
        } else {
            self.end_sentence(at, false);
        }
        self.start = next;
        next
    }

    fn join(&mut self, at: usize, joint: Joint) {
        let first = self.open.atoms.is_empty() && self.start == at;
        if self.start < at {
            self.end_atom(at);
            self.joint = joint;
        } else if !first {
            self.joint = self.joint.max(joint);
        }
    }

    fn end_atom(&mut self, at: usize) {
        let is_mark = (self.start..at).all(|index| self.phrase.is_mark(index));
        if !is_mark {
            self.open.atoms.push(Atom { start: self.start, end: at, joint: self.joint });
        }
    }

    fn end_sentence(&mut self, at: usize, question: bool) {
        self.end_atom(at);
        if self.open.atoms.is_empty() {
            // "Really!?": the second mark belongs to the sentence before.
            if let Some(last) = self.done.last_mut() {
                last.question |= question;
            }
        } else {
            self.open.question = question;
            self.done.push(std::mem::take(&mut self.open));
        }
        self.joint = Joint::Start;
        self.start = at;
    }

    /// How many tokens a bullet takes here: "-" on a new line, or the next of "1. … 2. …".
    fn bullet(&mut self, at: usize) -> Option<usize> {
        let word = self.phrase.word(at);
        let before = if at == 0 { "\n" } else { self.phrase.word(at - 1) };
        if before == "\n" && matches!(word, "-" | "*" | "•" | "–") && self.phrase.is_mark(at) {
            return Some(1);
        }
        let numbered = matches!(self.phrase.word(at + 1), "." | ")") && at + 2 < self.phrase.len();
        let starts = self.next_number > 1 || matches!(before, "\n" | ":");
        if !(numbered && starts && word == self.next_number.to_string()) {
            return None;
        }
        self.next_number += 1;
        Some(2)
    }
}
