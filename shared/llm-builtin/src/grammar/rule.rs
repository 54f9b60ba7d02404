//! Rules: one phrasing each, the kind of phrasing, and the builder of its intent.

use crate::date::Now;
use crate::intent::Intent;
use crate::pattern::Captures;

/// Builds the intent from the captures; `None` declines the match.
pub(super) type IntentBuilder = fn(&Captures<'_>, &Now) -> Option<Intent>;

/// One phrasing of an intent.
pub(super) struct Rule {
    pub(super) pattern: &'static str,
    pub(super) kind: RuleKind,
    pub(super) build: IntentBuilder,
}

/// How clearly a phrasing is a command, and where it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RuleKind {
    /// An unambiguous command.
    Imperative,
    /// Starts with a verb that titles start with as well: "finish", "remove", "check".
    Ambiguous,
    /// Extends to the end of the sentence: "I need to …", "note: …".
    OpenEnded,
    /// Introduces a list of titles.
    ListHeader,
    /// Has no verb: "overdue?".
    Verbless,
}

pub(super) const fn imperative(pattern: &'static str, build: IntentBuilder) -> Rule {
    Rule { pattern, kind: RuleKind::Imperative, build }
}

pub(super) const fn ambiguous(pattern: &'static str, build: IntentBuilder) -> Rule {
    Rule { pattern, kind: RuleKind::Ambiguous, build }
}

pub(super) const fn open_ended(pattern: &'static str, build: IntentBuilder) -> Rule {
    Rule { pattern, kind: RuleKind::OpenEnded, build }
}

pub(super) const fn verbless(pattern: &'static str, build: IntentBuilder) -> Rule {
    Rule { pattern, kind: RuleKind::Verbless, build }
}

pub(super) const fn list_header(pattern: &'static str, build: IntentBuilder) -> Rule {
    Rule { pattern, kind: RuleKind::ListHeader, build }
}
