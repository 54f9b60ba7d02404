//! Splits a message into sentences, and these into segments at commas and conjunctions.

use super::segment::{CONJUNCTIONS, Conjunction, Segment, Sentence};
use crate::phrase::Phrase;
use crate::wordlist::Wordlist;

/// Abbreviations: a full stop after them does not end a sentence.
const ABBREVIATIONS: Wordlist =
    Wordlist("dr|mr|mrs|ms|prof|st|vs|no|nr|e.g|i.e|etc|approx|a.m|p.m|am|pm|inc|ltd|jr|sr");

/// Splits a message into sentences, in order; none is empty.
pub(super) fn split_sentences(phrase: Phrase<'_>) -> Vec<Sentence> {
    let mut splitter = SentenceSplitter::new(phrase);
    let mut at = 0;
    while at < phrase.len() {
        at = splitter.take_token(at);
    }
    splitter.end_sentence(at, false);
    splitter.done
}

/// The state of the split, from the first token to the last.
struct SentenceSplitter<'a> {
    phrase: Phrase<'a>,
    done: Vec<Sentence>,
    open: Sentence,
    /// The first token of the open segment.
    start: usize,
    conjunction: Conjunction,
    /// The expected number of the next item of a numbered list.
    next_number: u32,
}

impl<'a> SentenceSplitter<'a> {
    fn new(phrase: Phrase<'a>) -> Self {
        let open = Sentence { starts_line: true, ..Sentence::default() };
        Self {
            phrase,
            done: Vec::new(),
            open,
            start: 0,
            conjunction: Conjunction::Start,
            next_number: 1,
        }
    }

    /// Processes the token at `at`; returns the index of the next one.
    fn take_token(&mut self, at: usize) -> usize {
        if let Some(length) = self.take_bullet(at) {
            self.end_sentence(at, false);
            (self.open.starts_line, self.open.has_bullet) = (true, true);
            self.start = at + length;
            return self.start;
        }
        match self.phrase.word_at(at) {
            "\n" | ";" => {
                self.end_sentence(at, false);
                self.open.starts_line = true;
            }
            "?" => self.end_sentence(at, true),
            "!" | "…" => self.end_sentence(at, false),
            "." => return self.take_full_stop(at),
            word => match CONJUNCTIONS.iter().find(|(conjunction, _)| *conjunction == word) {
                Some((_, conjunction)) => self.take_conjunction(at, *conjunction),
                None => return at + 1,
            },
        }
        self.start = at + 1;
        at + 1
    }

    fn take_full_stop(&mut self, at: usize) -> usize {
        let before = if at == 0 { "" } else { self.phrase.word_at(at - 1) };
        let initial = before.chars().count() == 1 && self.phrase.is_capital(at - 1);
        if ABBREVIATIONS.contains(before) || initial {
            return at + 1;
        }
        // Before a lower-case word a full stop may be part of a name ("v. 2"), so it only separates
        // segments: a sentence starts there if a command follows.
        let next = at + 1;
        if next < self.phrase.len() && !self.phrase.is_capital(next) && !self.phrase.is_mark(next) {
            self.take_conjunction(at, Conjunction::Then);
        } else {
            self.end_sentence(at, false);
        }
        self.start = next;
        next
    }

    fn take_conjunction(&mut self, at: usize, conjunction: Conjunction) {
        let first = self.open.segments.is_empty() && self.start == at;
        if self.start < at {
            self.end_segment(at);
            self.conjunction = conjunction;
        } else if !first {
            self.conjunction = self.conjunction.max(conjunction);
        }
    }

    fn end_segment(&mut self, at: usize) {
        let is_mark = (self.start..at).all(|index| self.phrase.is_mark(index));
        if !is_mark {
            self.open.segments.push(Segment {
                start: self.start,
                end: at,
                conjunction: self.conjunction,
            });
        }
    }

    fn end_sentence(&mut self, at: usize, is_question: bool) {
        self.end_segment(at);
        if self.open.segments.is_empty() {
            // "Really!?": the second mark applies to the sentence before.
            if let Some(last) = self.done.last_mut() {
                last.is_question |= is_question;
            }
        } else {
            self.open.is_question = is_question;
            self.done.push(std::mem::take(&mut self.open));
        }
        self.conjunction = Conjunction::Start;
        self.start = at;
    }

    /// The token count of a bullet: "-" at the start of a line, or the next of "1. … 2. …".
    fn take_bullet(&mut self, at: usize) -> Option<usize> {
        let word = self.phrase.word_at(at);
        let before = if at == 0 { "\n" } else { self.phrase.word_at(at - 1) };
        if before == "\n" && matches!(word, "-" | "*" | "•" | "–") && self.phrase.is_mark(at) {
            return Some(1);
        }
        let numbered =
            matches!(self.phrase.word_at(at + 1), "." | ")") && at + 2 < self.phrase.len();
        let starts = self.next_number > 1 || matches!(before, "\n" | ":");
        if !(numbered && starts && word == self.next_number.to_string()) {
            return None;
        }
        self.next_number += 1;
        Some(2)
    }
}
