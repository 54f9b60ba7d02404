//! The grammar: maps phrasings to intents.
//!
//! Each module has a table of rules. The first rule whose pattern matches and whose builder accepts
//! the captures wins. A pattern matches the whole phrase, so "don't delete 1" and "what if I delete
//! 1" match none.

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

/// The confidence that words are a command of their own rather than part of the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Confidence {
    Verbless,
    Ambiguous,
    Imperative,
    /// Refers to an existing task: a number, "the … one".
    Explicit,
}

/// The words after a command that may still belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Continuation {
    None,
    Title,
    Open,
    List,
}

/// A phrase that matched a rule.
#[derive(Debug, Clone)]
pub(super) struct ParsedCommand {
    pub(super) intent: Intent,
    pub(super) confidence: Confidence,
    pub(super) continuation: Continuation,
}

/// All rules, in matching order: the first match wins.
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

/// A rule with its parsed pattern.
struct CompiledRule {
    rule: &'static Rule,
    pattern: Pattern,
}

/// The rules of [`RULE_TABLES`].
static RULES: LazyLock<Vec<CompiledRule>> = LazyLock::new(|| {
    let rules = RULE_TABLES.iter().copied().flatten();
    rules.map(|rule| CompiledRule { rule, pattern: Pattern::new(rule.pattern) }).collect()
});

/// Parses the whole phrase as one command.
pub(super) fn parse_command(phrase: Phrase<'_>, now: &Now) -> Option<ParsedCommand> {
    RULES.iter().find_map(|CompiledRule { rule, pattern }| {
        pattern.match_phrase(phrase, &|captures| {
            let intent = (rule.build)(captures, now)?;
            let slots = ["tasks", "task"].iter().filter_map(|slot| captures.get(slot));
            let is_explicit = slots.into_iter().any(|slot| reference::is_explicit(slot, now));
            let confidence = rate_confidence(rule.kind, &intent, is_explicit);
            Some(ParsedCommand {
                confidence,
                continuation: continuation_of(rule.kind, &intent),
                intent,
            })
        })
    })
}

fn rate_confidence(kind: RuleKind, intent: &Intent, is_explicit: bool) -> Confidence {
    match (kind, intent) {
        _ if is_explicit => Confidence::Explicit,
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
