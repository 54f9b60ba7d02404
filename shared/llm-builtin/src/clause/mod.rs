//! Finds the commands of a message: where one ends, and which words only look like another.
//!
//! A message is cut into sentences, and these into atoms at every comma, "and", "then". An atom
//! that is a command by itself begins a new clause; every other one belongs to the clause before
//! it, so that "buy eggs, bread and butter" stays one task. How sure an atom must be depends on the
//! clause before: after "remind me to call mom and", a bare "delete the photos" is still to be
//! remembered.

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

/// The commands of a message, in order.
pub(super) fn parse_commands(source: &str, now: &Now) -> Vec<Command> {
    let tokens = token::tokenize(source);
    let mut parser =
        CommandParser { phrase: Phrase::new(source, &tokens), now, commands: Vec::new() };
    let mut listing = false;
    for sentence in splitter::split_sentences(parser.phrase) {
        listing = (listing && parser.take_list_item(&sentence)) || parser.take_sentence(&sentence);
    }
    parser.commands
}

/// Collects the commands, sentence by sentence.
struct CommandParser<'a> {
    phrase: Phrase<'a>,
    now: &'a Now,
    commands: Vec<Command>,
}

/// Neighbouring atoms that are one command.
struct Clause {
    start: usize,
    end: usize,
    /// What its first atom is by itself.
    first: Option<ParsedCommand>,
    /// Why it gives no order, if its first atom tells.
    modality: Option<Modality>,
}

impl<'a> CommandParser<'a> {
    /// Takes the sentence as one more item of a list; declines what is clearly a command again.
    fn take_list_item(&mut self, sentence: &Sentence) -> bool {
        let (Some(first), Some(last)) = (sentence.segments.first(), sentence.segments.last())
        else {
            return true;
        };
        let phrase = self.phrase.slice(first.start..last.end);
        let parsed = grammar::parse_command(politeness::strip_politeness(phrase).rest, self.now);
        let command = parsed.is_some_and(|parsed| parsed.confidence == Confidence::Explicit);
        if !sentence.starts_line || (command && !sentence.has_bullet) {
            return false;
        }
        if let Some((task, _)) = details::parse_new_task(phrase, self.now) {
            self.drop_empty_header();
            self.push_command(Intent::Add(vec![task]), phrase);
        }
        true
    }

    /// Takes the commands of a sentence; tells whether it ends with the header of a list.
    fn take_sentence(&mut self, sentence: &Sentence) -> bool {
        let mut clauses: Vec<Clause> = Vec::new();
        for segment in &sentence.segments {
            let order =
                politeness::strip_politeness(self.phrase.slice(segment.start..segment.end)).rest;
            let first = grammar::parse_command(order, self.now);
            let modality = if first.is_none() { modality::detect_modality(order) } else { None };
            match clauses.last_mut() {
                Some(clause)
                    if !starts_new_clause(segment, first.as_ref(), modality, clause, sentence) =>
                {
                    clause.end = segment.end;
                }
                _ => {
                    clauses.push(Clause {
                        start: segment.start,
                        end: segment.end,
                        first,
                        modality,
                    });
                }
            }
        }
        let favour = clauses.first().is_some_and(|clause| {
            politeness::strip_politeness(self.clause_phrase(clause)).is_request
        });
        let mut continuation = None;
        for clause in clauses {
            continuation = self.take_clause(clause, sentence, favour);
        }
        continuation == Some(Continuation::List)
    }

    /// Reads a whole clause, now that its end is known.
    fn take_clause(
        &mut self,
        clause: Clause,
        sentence: &Sentence,
        favour: bool,
    ) -> Option<Continuation> {
        let phrase = self.clause_phrase(&clause);
        let stripped = politeness::strip_politeness(phrase);
        if let Some(modality) = clause.modality {
            let topic =
                if modality == Modality::Negated { Topic::Negated } else { Topic::Hypothetical };
            self.push_command(Intent::Respond(topic), phrase);
            return None;
        }
        let harmless = clause.first.filter(|first| matches!(first.intent, Intent::List(_)));
        let Some(parsed) = grammar::parse_command(stripped.rest, self.now).or(harmless) else {
            if !politeness::is_filler(phrase) {
                self.push_command(Intent::Respond(Topic::Unclear), phrase);
            }
            return None;
        };
        let favour = favour || stripped.is_request;
        let wished = stripped.is_wish && !stripped.rest.starts_with("mark");
        let intent = match parsed.intent {
            Intent::Change(..) if sentence.is_question && !favour => {
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

    /// "Add these:" asks for titles only if none follows.
    fn drop_empty_header(&mut self) {
        let header = |command: &mut Command| command.intent == Intent::Respond(Topic::NeedTitle);
        self.commands.pop_if(header);
    }
}
