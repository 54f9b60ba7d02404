//! Finds the commands of a message: where one ends, and which words only look like another.
//!
//! A message is cut into sentences, and these into atoms at every comma, "and", "then". An atom
//! that is a command by itself begins a new clause; every other one belongs to the clause before
//! it, so that "buy eggs, bread and butter" stays one task. How sure an atom must be depends on the
//! clause before: after "remind me to call mom and", a bare "delete the photos" is still to be
//! remembered.

mod atom;
#[cfg(test)]
mod tests;

use super::command::{Action, Command, Deed, Topic};
use super::date::Now;
use super::details;
use super::grammar::{self, Confidence, Parsed, Payload};
use super::mood::{self, Mood};
use super::phrase::Phrase;
use super::token;
use atom::{Atom, Joint, Sentence};

/// The commands of a message, in order.
pub(super) fn read(source: &str, now: &Now) -> Vec<Command> {
    let tokens = token::cut(source);
    let mut reader = Reader { phrase: Phrase::new(source, &tokens), now, commands: Vec::new() };
    let mut listing = false;
    for sentence in atom::sentences(reader.phrase) {
        listing = (listing && reader.item(&sentence)) || reader.clauses(&sentence);
    }
    reader.commands
}

/// Collects the commands, sentence by sentence.
struct Reader<'a> {
    phrase: Phrase<'a>,
    now: &'a Now,
    commands: Vec<Command>,
}

/// Neighbouring atoms that are one command.
struct Clause {
    start: usize,
    end: usize,
    /// What its first atom is by itself.
    first: Option<Parsed>,
    /// Why it gives no order, if its first atom tells.
    mood: Option<Mood>,
}

impl<'a> Reader<'a> {
    /// Takes the sentence as one more item of a list; declines what is clearly a command again.
    fn item(&mut self, sentence: &Sentence) -> bool {
        let (Some(first), Some(last)) = (sentence.atoms.first(), sentence.atoms.last()) else {
            return true;
        };
        let phrase = self.phrase.part(first.start..last.end);
        let parsed = grammar::parse(mood::strip(phrase).order, self.now);
        let command = parsed.is_some_and(|parsed| parsed.confidence == Confidence::Explicit);
        if !sentence.own_line || (command && !sentence.bullet) {
            return false;
        }
        if let Some((task, _)) = details::read(phrase, self.now) {
            self.drop_empty_header();
            self.push(Deed::Add(vec![task]), phrase);
        }
        true
    }

    /// Takes the commands of a sentence; tells whether it ends with the header of a list.
    fn clauses(&mut self, sentence: &Sentence) -> bool {
        let mut clauses: Vec<Clause> = Vec::new();
        for atom in &sentence.atoms {
            let order = mood::strip(self.phrase.part(atom.start..atom.end)).order;
            let first = grammar::parse(order, self.now);
            let mood = if first.is_none() { mood::of(order) } else { None };
            match clauses.last_mut() {
                Some(clause) if !begins(atom, first.as_ref(), mood, clause, sentence) => {
                    clause.end = atom.end;
                }
                _ => {
                    clauses.push(Clause { start: atom.start, end: atom.end, first, mood });
                }
            }
        }
        let favour = clauses.first().is_some_and(|clause| mood::strip(self.of(clause)).favour);
        let mut payload = None;
        for clause in clauses {
            payload = self.finish(clause, sentence, favour);
        }
        payload == Some(Payload::List)
    }

    /// Reads a whole clause, now that its end is known.
    fn finish(&mut self, clause: Clause, sentence: &Sentence, favour: bool) -> Option<Payload> {
        let phrase = self.of(&clause);
        let stripped = mood::strip(phrase);
        if let Some(mood) = clause.mood {
            let topic = if mood == Mood::Denied { Topic::Denied } else { Topic::Asked };
            self.push(Deed::Say(topic), phrase);
            return None;
        }
        let harmless = clause.first.filter(|first| matches!(first.deed, Deed::List(_)));
        let Some(parsed) = grammar::parse(stripped.order, self.now).or(harmless) else {
            if !mood::is_filler(phrase) {
                self.push(Deed::Say(Topic::Unclear), phrase);
            }
            return None;
        };
        let favour = favour || stripped.favour;
        let wished = stripped.wish && !stripped.order.starts_with("mark");
        let deed = match parsed.deed {
            Deed::Change(..) if sentence.question && !favour => Deed::Say(Topic::Asked),
            Deed::Change(Action::Complete, _) if wished => Deed::Say(Topic::NotYet),
            deed => deed,
        };
        self.push(deed, phrase);
        Some(parsed.payload)
    }

    fn of(&self, clause: &Clause) -> Phrase<'a> {
        self.phrase.part(clause.start..clause.end)
    }

    fn push(&mut self, deed: Deed, said: Phrase<'_>) {
        self.commands.push(Command { deed, said: said.text().to_owned() });
    }

    /// "Add these:" asks for titles only if none follows.
    fn drop_empty_header(&mut self) {
        let header = |command: &mut Command| command.deed == Deed::Say(Topic::NeedTitle);
        self.commands.pop_if(header);
    }
}

/// Whether the atom is a command of its own rather than part of the clause before it.
fn begins(
    atom: &Atom,
    parsed: Option<&Parsed>,
    mood: Option<Mood>,
    before: &Clause,
    sentence: &Sentence,
) -> bool {
    let Some(parsed) = parsed else {
        // "Complete 1 but not 2": a denial ends what goes before, but not a title.
        let closed = before.first.as_ref().is_some_and(|first| first.payload == Payload::None);
        return closed && mood == Some(Mood::Denied);
    };
    let least = match (before.mood, &before.first) {
        (Some(Mood::Asked), _) => None,
        (Some(Mood::Denied), _) if sentence.atoms.iter().any(|atom| atom.joint == Joint::Or) => {
            None
        }
        (Some(Mood::Denied), _) => match atom.joint {
            Joint::But => Some(Confidence::Plain),
            Joint::Comma | Joint::Then => Some(Confidence::Explicit),
            Joint::Start | Joint::And | Joint::Or => None,
        },
        (None, Some(first)) => least(first.payload, atom.joint),
        // Nobody knows what the words before are, so an "and" may go on with them.
        (None, None) if atom.joint == Joint::And => None,
        (None, None) => least(Payload::Open, atom.joint),
    };
    least.is_some_and(|least| parsed.confidence >= least)
}

/// How sure an atom must be to end a clause; `None` where nothing ends it.
fn least(payload: Payload, joint: Joint) -> Option<Confidence> {
    use Confidence::{Bare, Explicit, Loose, Plain};
    Some(match (joint, payload) {
        (Joint::Start, _) => Bare,
        (Joint::Or, _) | (Joint::Comma | Joint::And, Payload::List) => return None,
        (Joint::Then | Joint::But, Payload::Open | Payload::List) => Plain,
        (Joint::Comma, Payload::Open) => Plain,
        (Joint::And, Payload::Open) => Explicit,
        (Joint::And, Payload::Title) => Plain,
        (Joint::Then | Joint::But | Joint::Comma | Joint::And, _) => Loose,
    })
}
