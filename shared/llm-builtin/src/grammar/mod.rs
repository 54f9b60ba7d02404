//! The grammar: which wording means which command.
//!
//! Each topic has a table of rules, tried in order; the first whose pattern fits and whose builder
//! accepts what the slots took decides. A pattern has to fit from the first word to the last, so
//! "don't delete 1" and "what if I delete 1" fit none.

mod add;
mod due_date;
mod label;
mod lifecycle;
mod priority;
mod query;
mod small_talk;
mod text;

use std::sync::LazyLock;

use super::command::{Action, Intent, Patch, Target, Topic};
use super::date::Now;
use super::pattern::{Captures, Pattern};
use super::phrase::Phrase;
use super::reference;

/// Makes the command of what the slots took; declines what makes no sense.
type IntentBuilder = fn(&Captures<'_>, &Now) -> Option<Intent>;

/// One way to say something.
struct Rule {
    pattern: &'static str,
    kind: RuleKind,
    build: IntentBuilder,
}

/// How a wording behaves next to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RuleKind {
    /// An order that can be nothing else.
    Imperative,
    /// Starts with a word that a to-do may start with as well: "finish", "remove", "check".
    Ambiguous,
    /// Takes everything up to the end of the sentence for the to-do: "I need to …", "note: …".
    OpenEnded,
    /// Starts a list of to-dos.
    ListHeader,
    /// No verb at all: "overdue?".
    Verbless,
}

/// How certain it is that words are a command of their own rather than part of the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Confidence {
    Verbless,
    Ambiguous,
    Imperative,
    /// Names a task by number, "the … one" and the like.
    Explicit,
}

/// What may follow a command and still belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Continuation {
    None,
    Title,
    Open,
    List,
}

/// A phrase that the grammar knows.
#[derive(Debug, Clone)]
pub(super) struct ParsedCommand {
    /// What it asks for.
    pub(super) intent: Intent,
    /// How certain it is a command.
    pub(super) confidence: Confidence,
    /// What may still belong to it.
    pub(super) continuation: Continuation,
}

/// All rules, in the order in which they are tried.
const RULE_TABLES: &[&[Rule]] = &[
    small_talk::RULES,
    add::REMINDERS,
    due_date::RULES,
    priority::RULES,
    label::RULES,
    text::RULES,
    lifecycle::RULES,
    add::RULES,
    query::RULES,
];

/// A rule whose pattern is ready to match.
struct CompiledRule {
    rule: &'static Rule,
    pattern: Pattern,
}

/// The rules of [`TABLES`].
static RULES: LazyLock<Vec<CompiledRule>> = LazyLock::new(|| {
    let rules = RULE_TABLES.iter().copied().flatten();
    rules.map(|rule| CompiledRule { rule, pattern: Pattern::new(rule.pattern) }).collect()
});

/// Reads the whole phrase as one command.
pub(super) fn parse_command(phrase: Phrase<'_>, now: &Now) -> Option<ParsedCommand> {
    RULES.iter().find_map(|CompiledRule { rule, pattern }| {
        pattern.match_phrase(phrase, &|captures| {
            let intent = (rule.build)(captures, now)?;
            let pointed = ["tasks", "task"].iter().filter_map(|slot| captures.get(slot));
            let pointed = pointed.into_iter().any(|slot| reference::is_explicit(slot, now));
            let confidence = rate_confidence(rule.kind, &intent, pointed);
            Some(ParsedCommand {
                confidence,
                continuation: continuation_of(rule.kind, &intent),
                intent,
            })
        })
    })
}

const fn imperative(pattern: &'static str, build: IntentBuilder) -> Rule {
    Rule { pattern, kind: RuleKind::Imperative, build }
}

const fn ambiguous(pattern: &'static str, build: IntentBuilder) -> Rule {
    Rule { pattern, kind: RuleKind::Ambiguous, build }
}

const fn open_ended(pattern: &'static str, build: IntentBuilder) -> Rule {
    Rule { pattern, kind: RuleKind::OpenEnded, build }
}

const fn verbless(pattern: &'static str, build: IntentBuilder) -> Rule {
    Rule { pattern, kind: RuleKind::Verbless, build }
}

const fn list_header(pattern: &'static str, build: IntentBuilder) -> Rule {
    Rule { pattern, kind: RuleKind::ListHeader, build }
}

fn rate_confidence(kind: RuleKind, intent: &Intent, pointed: bool) -> Confidence {
    match (kind, intent) {
        _ if pointed => Confidence::Explicit,
        (RuleKind::Verbless, _) => Confidence::Verbless,
        (_, Intent::List(_)) | (RuleKind::OpenEnded, _) => Confidence::Explicit,
        (RuleKind::Ambiguous, _) => Confidence::Ambiguous,
        _ => Confidence::Imperative,
    }
}

fn continuation_of(kind: RuleKind, intent: &Intent) -> Continuation {
    match (kind, intent) {
        (RuleKind::ListHeader, _) | (_, Intent::Respond(Topic::NeedTitle)) => Continuation::List,
        (RuleKind::OpenEnded, _) => Continuation::Open,
        (_, Intent::Add(_)) => Continuation::Title,
        (_, Intent::Change(Action::Update(patch), _)) if patch.title.is_some() => {
            Continuation::Title
        }
        _ => Continuation::None,
    }
}

/// The command that changes the fields of the tasks of the slot.
fn build_update(patch: Patch, captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    build_change(Action::Update(patch), captures, now)
}

/// Declines unless the slot can only mean existing tasks.
fn require_explicit(captures: &Captures<'_>, now: &Now) -> Option<()> {
    let slot = captures.get("tasks").or_else(|| captures.get("task"))?;
    reference::is_explicit(slot, now).then_some(())
}

/// The command that does `action` to the tasks of the slot.
fn build_change(action: Action, captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    if let Some(task) = captures.get("task") {
        let reference = reference::parse_single_reference(task, now)?;
        return Some(Intent::Change(action, Target::Named(vec![reference])));
    }
    Some(Intent::Change(action, reference::parse_target(captures.get("tasks")?, now)?))
}
