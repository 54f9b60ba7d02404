//! Splits a message into clauses and parses each into a command.
//!
//! A message consists of sentences, a sentence of segments between commas and conjunctions. A
//! segment that parses as a command starts a new clause; any other segment extends the clause
//! before it, so that "buy eggs, bread and butter" stays one task. The confidence that a segment
//! needs depends on the clause before it: in "remind me to call mom and delete the photos" the
//! second verb belongs to the reminder.

mod boundary;
mod segment;
mod splitter;
#[cfg(test)]
mod tests;

use super::date::Now;
use super::details;
use super::grammar::{self, Confidence, Continuation, ParsedCommand};
use super::intent::{Action, Command, Intent, Topic};
use super::modality::{self, Modality};
use super::phrase::Phrase;
use super::politeness;
use super::token;
use boundary::starts_new_clause;
use segment::Sentence;

/// Parses the commands of a message, in order.
pub(super) fn parse_commands(source: &str, now: &Now) -> Vec<Command> {
    let tokens = token::tokenize(source);
    let mut parser =
        CommandParser { phrase: Phrase::new(source, &tokens), now, commands: Vec::new() };
    let mut in_list = false;
    for sentence in splitter::split_sentences(parser.phrase) {
        in_list = (in_list && parser.take_list_item(&sentence)) || parser.take_sentence(&sentence);
    }
    parser.commands
}

/// Collects commands sentence by sentence.
struct CommandParser<'a> {
    phrase: Phrase<'a>,
    now: &'a Now,
    commands: Vec<Command>,
}

/// Adjacent segments that form one command, as a token range.
struct Clause {
    start: usize,
    end: usize,
    /// The first segment, parsed on its own.
    first: Option<ParsedCommand>,
    /// Why the clause is no command, if its first segment shows that.
    modality: Option<Modality>,
}

impl<'a> CommandParser<'a> {
    /// Adds the sentence as an item of the current list; returns false if the list has ended.
    fn take_list_item(&mut self, sentence: &Sentence) -> bool {
        let (Some(first), Some(last)) = (sentence.segments.first(), sentence.segments.last())
        else {
            return true;
        };
        let phrase = self.phrase.slice(first.start..last.end);
        let parsed = grammar::parse_command(politeness::strip_politeness(phrase).rest, self.now);
        let is_command = parsed.is_some_and(|parsed| parsed.confidence == Confidence::Explicit);
        if !sentence.starts_line || (is_command && !sentence.has_bullet) {
            return false;
        }
        if let Some((task, _)) = details::parse_new_task(phrase, self.now) {
            self.drop_empty_header();
            self.push_command(Intent::Add(vec![task]), phrase);
        }
        true
    }

    /// Adds the commands of a sentence; returns whether it ends with a list header.
    fn take_sentence(&mut self, sentence: &Sentence) -> bool {
        let clauses = self.split_clauses(sentence);
        let is_request = clauses.first().is_some_and(|clause| {
            politeness::strip_politeness(self.clause_phrase(clause)).is_request
        });
        let mut continuation = None;
        for clause in clauses {
            continuation = self.take_clause(clause, sentence, is_request);
        }
        continuation == Some(Continuation::List)
    }

    fn split_clauses(&self, sentence: &Sentence) -> Vec<Clause> {
        let mut clauses: Vec<Clause> = Vec::new();
        for segment in &sentence.segments {
            let (start, end) = (segment.start, segment.end);
            let words = politeness::strip_politeness(self.phrase.slice(start..end)).rest;
            let first = grammar::parse_command(words, self.now);
            let modality = if first.is_none() { modality::detect_modality(words) } else { None };
            match clauses.last_mut() {
                Some(clause)
                    if !starts_new_clause(segment, first.as_ref(), modality, clause, sentence) =>
                {
                    clause.end = end;
                }
                _ => clauses.push(Clause { start, end, first, modality }),
            }
        }
        clauses
    }

    /// Parses a complete clause and adds its command.
    fn take_clause(
        &mut self,
        clause: Clause,
        sentence: &Sentence,
        is_request: bool,
    ) -> Option<Continuation> {
        let phrase = self.clause_phrase(&clause);
        let stripped = politeness::strip_politeness(phrase);
        if let Some(modality) = clause.modality {
            let topic =
                if modality == Modality::Negated { Topic::Negated } else { Topic::Hypothetical };
            self.push_command(Intent::Respond(topic), phrase);
            return None;
        }
        let query = clause.first.filter(|first| matches!(first.intent, Intent::List(_)));
        let Some(parsed) = grammar::parse_command(stripped.rest, self.now).or(query) else {
            if !politeness::is_filler(phrase) {
                self.push_command(Intent::Respond(Topic::Unclear), phrase);
            }
            return None;
        };
        let is_request = is_request || stripped.is_request;
        let wished = stripped.is_wish && !stripped.rest.starts_with("mark");
        let intent = match parsed.intent {
            Intent::Change(..) if sentence.is_question && !is_request => {
                Intent::Respond(Topic::Hypothetical)
            }
            Intent::Change(Action::Complete, _) if wished => Intent::Respond(Topic::NotCompleted),
            intent => intent,
        };
        self.push_command(intent, phrase);
        Some(parsed.continuation)
    }

    fn clause_phrase(&self, clause: &Clause) -> Phrase<'a> {
        self.phrase.slice(clause.start..clause.end)
    }

    fn push_command(&mut self, intent: Intent, source: Phrase<'_>) {
        self.commands.push(Command { intent, source: source.source_text().to_owned() });
    }

    /// Removes the question for a title after "add these:", because an item follows.
    fn drop_empty_header(&mut self) {
        self.commands.pop_if(|command| command.intent == Intent::Respond(Topic::NeedTitle));
    }
}
