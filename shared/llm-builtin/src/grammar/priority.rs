//! Rules that change priorities.

use super::{Rule, ambiguous, build_update, imperative, require_explicit};
use crate::date::Now;
use crate::intent::{Intent, Patch};
use crate::pattern::Captures;
use crate::priority::{self, Priority};
use crate::reference;

/// Rules in matching order.
pub(super) const RULES: &[Rule] = &[
    imperative("$remove [the] priority $of <tasks>", clear_priority),
    imperative(
        "raise|lower|change|set|make|update [the] priority $of <tasks> to|as|: <level>",
        set_priority,
    ),
    imperative("set|change [the] priority to|: <level> $of <tasks>", set_priority),
    imperative("set|give|put|assign [a] <level> to|on|for <tasks>", set_priority),
    imperative("raise|increase [the] priority $of <tasks>", raise_priority),
    imperative("lower|decrease|reduce [the] priority $of <tasks>", lower_priority),
    imperative("prioritize|prioritise <tasks>", raise_priority),
    imperative("deprioritize|deprioritise <tasks>", lower_priority),
    ambiguous(
        "make|set|mark|change|give|flag|bump|raise|lower|update <tasks> [to|as|into|at] <level>",
        set_priority,
    ),
    ambiguous("<tasks> is|are|should_be|has|have [now|really|very] <level>", set_priority_explicit),
];

fn set_priority(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    let level = priority::parse_priority_value(captures.get("level")?)?;
    build_update(Patch { priority: Some(level), ..Patch::default() }, captures, now)
}

/// "3 is urgent", but not "this is important", which refers to no task.
fn set_priority_explicit(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    require_explicit(captures, now)?;
    if reference::is_pronoun(captures.get("tasks")?) { None } else { set_priority(captures, now) }
}

fn raise_priority(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    build_update(Patch { priority: Some(Some(Priority::High)), ..Patch::default() }, captures, now)
}

fn lower_priority(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    build_update(Patch { priority: Some(Some(Priority::Low)), ..Patch::default() }, captures, now)
}

fn clear_priority(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    build_update(Patch { priority: Some(None), ..Patch::default() }, captures, now)
}
