//! The grammar: which wording means which command.
//!
//! Each topic has a table of rules, tried in order; the first whose pattern fits and whose builder
//! accepts what the slots took decides. A pattern has to fit from the first word to the last, so
//! "don't delete 1" and "what if I delete 1" fit none.

mod add;
mod due_date;
mod label;
mod lifecycle;
mod need;
mod priority;
mod query;
mod rule;
mod small_talk;
mod target;
mod text;
mod titles;

use std::sync::LazyLock;

use super::date::Now;
use super::intent::{Action, Intent, Topic};
use super::pattern::Pattern;
use super::phrase::Phrase;
use super::reference;
use rule::{Rule, RuleKind, ambiguous, imperative, list_header, open_ended, verbless};
use target::{build_change, build_update, require_explicit};

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
