//! Rules that complete, reopen and delete tasks.

use super::{Rule, ambiguous, build_change, imperative, require_explicit};
use crate::date::Now;
use crate::filter;
use crate::intent::{Action, Intent, Status, Target, Topic};
use crate::pattern::Captures;

/// Rules in matching order.
pub(super) const RULES: &[Rule] = &[
    imperative("complete|finish|check_off|tick_off [a|the|my] [task|one]", need_task),
    imperative("delete|remove|reopen|rename|update|edit|erase [a|the|my] [task|one]", need_task),
    imperative("mark|set|flag|move <tasks> [back] [as|to] $undone [again]", reopen_tasks),
    imperative(
        "reopen|re-open|uncomplete|unfinish|uncheck|untick|undo|restore|bring_back <tasks>",
        reopen_tasks,
    ),
    ambiguous("open <tasks> again", reopen_explicit),
    imperative("put|move <tasks> back on|onto|to $my $list", reopen_tasks),
    imperative(
        "mark|set|tick|flag|check|cross|strike [off|out] <tasks> [off] [as|to] $done",
        complete_tasks,
    ),
    imperative(
        "tick|check|cross|strike|mark off|out|through <tasks> [$of] [$my] [$list]",
        complete_tasks,
    ),
    imperative("tick|check|cross|strike|mark <tasks> off [$of] [$my] [$list]", complete_tasks),
    imperative("complete|compelte|complte|completing <tasks>", complete_tasks),
    ambiguous("finish|finsh|close|resolve|tick <tasks>", complete_tasks),
    ambiguous("get|got|i_got|i've_got|i_have <tasks> $done", complete_tasks),
    ambiguous(
        "$have [$now] [successfully] did|done|finished|completed [with] <tasks>",
        complete_tasks,
    ),
    ambiguous("[$now] done|finished|completed [with] [:] <tasks>", complete_tasks),
    ambiguous("i'm|i_am|im|we're|we_are [$now] done|finished|through with <tasks>", complete_tasks),
    ambiguous("<tasks> $is [$now] $done [$now]", complete_tasks),
    ambiguous("<tasks> $done", complete_explicit),
    imperative("delete|delte|deleting|erase|del <tasks> from|off [$my] $list", delete_tasks),
    imperative("delete|delte|deleting|erase|del <tasks>", delete_tasks),
    ambiguous(
        "remove|removing|drop|discard|trash|scrap|take <tasks> from|off [of] [$my] $list",
        delete_tasks,
    ),
    ambiguous(
        "remove|removing|discard|trash|scrap|get_rid_of|throw_away|throw_out <tasks>",
        delete_tasks,
    ),
    ambiguous("drop|cancel|bin|kill <tasks>", delete_explicit),
    ambiguous("clear|empty|wipe|purge|clean_up|clean_out|clean|reset [out] <tasks>", clear_list),
];

fn complete_tasks(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    refuse_other_owner(captures, now)
        .unwrap_or_else(|| build_change(Action::Complete, captures, now))
}

fn complete_explicit(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    require_explicit(captures, now).and_then(|()| complete_tasks(captures, now))
}

fn reopen_tasks(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    refuse_other_owner(captures, now).unwrap_or_else(|| build_change(Action::Reopen, captures, now))
}

fn reopen_explicit(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    require_explicit(captures, now).and_then(|()| reopen_tasks(captures, now))
}

fn delete_tasks(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    refuse_other_owner(captures, now).unwrap_or_else(|| build_change(Action::Delete, captures, now))
}

fn delete_explicit(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    require_explicit(captures, now).and_then(|()| delete_tasks(captures, now))
}

/// Requires a bulk filter: "clear my list" deletes tasks, "clear the table" does not.
fn clear_list(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    if let Some(refused) = refuse_other_owner(captures, now) {
        return refused;
    }
    let mut filter = filter::parse_bulk_filter(captures.get("tasks")?, now)?;
    filter.status = filter.status.or(Some(Status::All));
    Some(Intent::Change(Action::Delete, Target::Matching(filter)))
}

/// The response instead of the change if the tasks belong to another user.
fn refuse_other_owner(captures: &Captures<'_>, now: &Now) -> Option<Option<Intent>> {
    let foreign = filter::parse_filter(captures.get("tasks")?, now).other_owner;
    foreign.then_some(Some(Intent::Respond(Topic::OtherUsers)))
}

fn need_task(_: &Captures<'_>, _: &Now) -> Option<Intent> {
    Some(Intent::Respond(Topic::NeedTask))
}
