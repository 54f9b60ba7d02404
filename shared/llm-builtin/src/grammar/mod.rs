//! The grammar: which wording means which command.
//!
//! Each topic has a table of rules, tried in order; the first whose pattern fits and whose builder
//! accepts what the slots took decides. A pattern has to fit from the first word to the last, so
//! "don't delete 1" and "what if I delete 1" fit none.

mod adding;
mod asking;
mod changing;
mod describing;
mod labelling;
mod ranking;
mod scheduling;
mod talking;

use std::sync::LazyLock;

use super::command::{Action, Deed, Patch, Target, Topic};
use super::date::Now;
use super::pattern::{Captures, Pattern};
use super::phrase::Phrase;
use super::reference;

/// Makes the command of what the slots took; declines what makes no sense.
type Build = fn(&Captures<'_>, &Now) -> Option<Deed>;

/// One way to say something.
struct Rule {
    pattern: &'static str,
    manner: Manner,
    build: Build,
}

/// How a wording behaves next to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// An order that can be nothing else.
    Plain,
    /// Starts with a word that a to-do may start with as well: "finish", "remove", "check".
    Everyday,
    /// Takes everything up to the end of the sentence for the to-do: "I need to …", "note: …".
    Open,
    /// Starts a list of to-dos.
    List,
    /// No verb at all: "overdue?".
    Bare,
}

/// How certain it is that words are a command of their own rather than part of the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Confidence {
    Bare,
    Loose,
    Plain,
    /// Names a task by number, "the … one" and the like.
    Explicit,
}

/// What may follow a command and still belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Payload {
    None,
    Title,
    Open,
    List,
}

/// A phrase that the grammar knows.
#[derive(Debug, Clone)]
pub(super) struct Parsed {
    /// What it asks for.
    pub(super) deed: Deed,
    /// How certain it is a command.
    pub(super) confidence: Confidence,
    /// What may still belong to it.
    pub(super) payload: Payload,
}

/// All rules, in the order in which they are tried.
const TABLES: &[&[Rule]] = &[
    talking::RULES,
    adding::REMINDERS,
    scheduling::RULES,
    ranking::RULES,
    labelling::RULES,
    describing::RULES,
    changing::RULES,
    adding::RULES,
    asking::RULES,
];

/// A rule whose pattern is ready to match.
struct Compiled {
    rule: &'static Rule,
    pattern: Pattern,
}

/// The rules of [`TABLES`].
static RULES: LazyLock<Vec<Compiled>> = LazyLock::new(|| {
    let rules = TABLES.iter().copied().flatten();
    rules.map(|rule| Compiled { rule, pattern: Pattern::new(rule.pattern) }).collect()
});

/// Reads the whole phrase as one command.
pub(super) fn parse(phrase: Phrase<'_>, now: &Now) -> Option<Parsed> {
    RULES.iter().find_map(|Compiled { rule, pattern }| {
        pattern.find(phrase, &|captures| {
            let deed = (rule.build)(captures, now)?;
            let pointed = ["tasks", "task"].iter().filter_map(|slot| captures.get(slot));
            let pointed = pointed.into_iter().any(|slot| reference::is_explicit(slot, now));
            let confidence = confidence(rule.manner, &deed, pointed);
            Some(Parsed { confidence, payload: payload(rule.manner, &deed), deed })
        })
    })
}

const fn plain(pattern: &'static str, build: Build) -> Rule {
    Rule { pattern, manner: Manner::Plain, build }
}

const fn everyday(pattern: &'static str, build: Build) -> Rule {
    Rule { pattern, manner: Manner::Everyday, build }
}

const fn open(pattern: &'static str, build: Build) -> Rule {
    Rule { pattern, manner: Manner::Open, build }
}

const fn bare(pattern: &'static str, build: Build) -> Rule {
    Rule { pattern, manner: Manner::Bare, build }
}

const fn list(pattern: &'static str, build: Build) -> Rule {
    Rule { pattern, manner: Manner::List, build }
}

fn confidence(manner: Manner, deed: &Deed, pointed: bool) -> Confidence {
    match (manner, deed) {
        _ if pointed => Confidence::Explicit,
        (Manner::Bare, _) => Confidence::Bare,
        (_, Deed::List(_)) | (Manner::Open, _) => Confidence::Explicit,
        (Manner::Everyday, _) => Confidence::Loose,
        _ => Confidence::Plain,
    }
}

fn payload(manner: Manner, deed: &Deed) -> Payload {
    match (manner, deed) {
        (Manner::List, _) | (_, Deed::Say(Topic::NeedTitle)) => Payload::List,
        (Manner::Open, _) => Payload::Open,
        (_, Deed::Add(_)) => Payload::Title,
        (_, Deed::Change(Action::Update(patch), _)) if patch.title.is_some() => Payload::Title,
        _ => Payload::None,
    }
}

/// The command that changes the fields of the tasks of the slot.
fn update(patch: Patch, captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    change(Action::Update(patch), captures, now)
}

/// Declines unless the slot can only mean existing tasks.
fn explicit(captures: &Captures<'_>, now: &Now) -> Option<()> {
    let slot = captures.get("tasks").or_else(|| captures.get("task"))?;
    reference::is_explicit(slot, now).then_some(())
}

/// The command that does `action` to the tasks of the slot.
fn change(action: Action, captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    if let Some(task) = captures.get("task") {
        let reference = reference::single(task, now)?;
        return Some(Deed::Change(action, Target::Named(vec![reference])));
    }
    Some(Deed::Change(action, reference::read(captures.get("tasks")?, now)?))
}
