//! Rules: one phrasing each, the kind of phrasing, and the builder of its intent.

use crate::date::Now;
use crate::intent::Intent;
use crate::pattern::Captures;

/// Makes the command of what the slots took; declines what makes no sense.
pub(super) type IntentBuilder = fn(&Captures<'_>, &Now) -> Option<Intent>;

/// One way to say something.
pub(super) struct Rule {
    pub(super) pattern: &'static str,
    pub(super) kind: RuleKind,
    pub(super) build: IntentBuilder,
}

/// How a wording behaves next to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RuleKind {
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
