//! Rules that change due times.

use super::{Rule, ambiguous, build_update, imperative, require_explicit};
use crate::date::{self, Now};
use crate::details;
use crate::intent::{Intent, Patch, Topic};
use crate::pattern::Captures;

/// Rules in matching order.
pub(super) const RULES: &[Rule] = &[
    ambiguous("make|set|change|update|give|mark <tasks> [to|as] <details>", set_details),
    imperative("$remove|cancel [the] $due $of <tasks>", clear_due_date),
    imperative(
        "change|set|make|move|push|shift|update [the] $due $of <tasks> to|as|:|on|at <when>",
        set_due_date,
    ),
    imperative("set|give|add [a] due_date|deadline of|: <when> to|$of <tasks>", set_due_date),
    imperative("give|set <tasks> [a] due_date|deadline [of|on|to] <when>", set_due_date),
    ambiguous(
        "push|move|delay|put|bump|bring|pull back|forward|out|off <tasks> $until <when>",
        set_due_date,
    ),
    ambiguous(
        "push|move|delay|put|bump|bring|pull <tasks> back|forward|out|off $until <when>",
        set_due_date,
    ),
    ambiguous(
        "move|push|shift|bump|delay|defer|change|set|update|bring <tasks> $until <when>",
        set_due_date,
    ),
    imperative("postpone|reschedule|snooze <tasks> $until <when>", set_due_date),
    imperative("postpone|reschedule|snooze|defer <tasks> <when>", set_due_date),
    ambiguous("make|set <tasks> due <when>", set_due_date),
    ambiguous("<tasks> is|are|should_be|needs_to_be [now] due <when>", set_due_date_explicit),
    ambiguous(
        "push|move|delay|postpone|defer|put|bump [back|off] <tasks> [back] by <span>",
        need_date,
    ),
    imperative("postpone|reschedule|snooze|defer <tasks>", need_date),
];

fn set_due_date(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    let due = date::parse_due_date(captures.get("when")?, now)?;
    build_update(Patch { due: Some(Some(due)), ..Patch::default() }, captures, now)
}

fn set_due_date_explicit(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    require_explicit(captures, now).and_then(|()| set_due_date(captures, now))
}

/// "Make 2 high priority and due friday": several fields at once.
fn set_details(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    require_explicit(captures, now)?;
    build_update(
        details::parse_details(captures.get("details")?, now)?.into_patch(now),
        captures,
        now,
    )
}

fn clear_due_date(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    build_update(Patch { due: Some(None), ..Patch::default() }, captures, now)
}

fn need_date(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    require_explicit(captures, now).map(|()| Intent::Respond(Topic::NeedDate))
}
