//! Due times of existing tasks.

use super::{Rule, everyday, explicit, plain, update};
use crate::command::{Deed, Patch, Topic};
use crate::date::{self, Now};
use crate::details;
use crate::pattern::Captures;

/// The rules, in the order in which they are tried.
pub(super) const RULES: &[Rule] = &[
    everyday("make|set|change|update|give|mark <tasks> [to|as] <details>", set_all),
    plain("$remove|cancel [the] $due $of <tasks>", clear),
    plain(
        "change|set|make|move|push|shift|update [the] $due $of <tasks> to|as|:|on|at <when>",
        set,
    ),
    plain("set|give|add [a] due_date|deadline of|: <when> to|$of <tasks>", set),
    plain("give|set <tasks> [a] due_date|deadline [of|on|to] <when>", set),
    everyday("push|move|delay|put|bump|bring|pull back|forward|out|off <tasks> $until <when>", set),
    everyday("push|move|delay|put|bump|bring|pull <tasks> back|forward|out|off $until <when>", set),
    everyday("move|push|shift|bump|delay|defer|change|set|update|bring <tasks> $until <when>", set),
    plain("postpone|reschedule|snooze <tasks> $until <when>", set),
    plain("postpone|reschedule|snooze|defer <tasks> <when>", set),
    everyday("make|set <tasks> due <when>", set),
    everyday("<tasks> is|are|should_be|needs_to_be [now] due <when>", set_explicit),
    everyday(
        "push|move|delay|postpone|defer|put|bump [back|off] <tasks> [back] by <span>",
        need_date,
    ),
    plain("postpone|reschedule|snooze|defer <tasks>", need_date),
];

fn set(captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    let due = date::due(captures.get("when")?, now)?;
    update(Patch { due: Some(Some(due)), ..Patch::default() }, captures, now)
}

fn set_explicit(captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    explicit(captures, now).and_then(|()| set(captures, now))
}

/// "Make 2 high priority and due friday": several fields at once.
fn set_all(captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    explicit(captures, now)?;
    update(details::read_only(captures.get("details")?, now)?.into_patch(now), captures, now)
}

fn clear(captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    update(Patch { due: Some(None), ..Patch::default() }, captures, now)
}

fn need_date(captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    explicit(captures, now).map(|()| Deed::Say(Topic::NeedDate))
}
