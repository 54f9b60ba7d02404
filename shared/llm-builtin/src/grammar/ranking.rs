//! Priorities of existing tasks.

use super::{Rule, everyday, explicit, plain, update};
use crate::command::{Deed, Patch};
use crate::date::Now;
use crate::pattern::Captures;
use crate::priority::{self, Priority};
use crate::reference;

/// The rules, in the order in which they are tried.
pub(super) const RULES: &[Rule] = &[
    plain("$remove [the] priority $of <tasks>", clear),
    plain("raise|lower|change|set|make|update [the] priority $of <tasks> to|as|: <level>", set),
    plain("set|change [the] priority to|: <level> $of <tasks>", set),
    plain("set|give|put|assign [a] <level> to|on|for <tasks>", set),
    plain("raise|increase [the] priority $of <tasks>", raise),
    plain("lower|decrease|reduce [the] priority $of <tasks>", lower),
    plain("prioritize|prioritise <tasks>", raise),
    plain("deprioritize|deprioritise <tasks>", lower),
    everyday(
        "make|set|mark|change|give|flag|bump|raise|lower|update <tasks> [to|as|into|at] <level>",
        set,
    ),
    everyday("<tasks> is|are|should_be|has|have [now|really|very] <level>", set_explicit),
];

fn set(captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    let level = priority::expected(captures.get("level")?)?;
    update(Patch { priority: Some(level), ..Patch::default() }, captures, now)
}

/// "3 is urgent"; "this is important" says nothing about a task.
fn set_explicit(captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    explicit(captures, now)?;
    if reference::is_pronoun(captures.get("tasks")?) { None } else { set(captures, now) }
}

fn raise(captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    update(Patch { priority: Some(Some(Priority::High)), ..Patch::default() }, captures, now)
}

fn lower(captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    update(Patch { priority: Some(Some(Priority::Low)), ..Patch::default() }, captures, now)
}

fn clear(captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    update(Patch { priority: Some(None), ..Patch::default() }, captures, now)
}
