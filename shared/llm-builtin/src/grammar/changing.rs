//! Completing, reopening and deleting.

use super::{Rule, change, everyday, explicit, plain};
use crate::command::{Action, Deed, Status, Target, Topic};
use crate::date::Now;
use crate::filter;
use crate::pattern::Captures;

/// The rules, in the order in which they are tried.
pub(super) const RULES: &[Rule] = &[
    plain("complete|finish|check_off|tick_off [a|the|my] [task|one]", need_task),
    plain("delete|remove|reopen|rename|update|edit|erase [a|the|my] [task|one]", need_task),
    plain("mark|set|flag|move <tasks> [back] [as|to] $undone [again]", reopen),
    plain(
        "reopen|re-open|uncomplete|unfinish|uncheck|untick|undo|restore|bring_back <tasks>",
        reopen,
    ),
    everyday("open <tasks> again", reopen_explicit),
    plain("put|move <tasks> back on|onto|to $my $list", reopen),
    plain("mark|set|tick|flag|check|cross|strike [off|out] <tasks> [off] [as|to] $done", complete),
    plain("tick|check|cross|strike|mark off|out|through <tasks> [$of] [$my] [$list]", complete),
    plain("tick|check|cross|strike|mark <tasks> off [$of] [$my] [$list]", complete),
    plain("complete|compelte|complte|completing <tasks>", complete),
    everyday("finish|finsh|close|resolve|tick <tasks>", complete),
    everyday("get|got|i_got|i've_got|i_have <tasks> $done", complete),
    everyday("$have [$now] [successfully] did|done|finished|completed [with] <tasks>", complete),
    everyday("[$now] done|finished|completed [with] [:] <tasks>", complete),
    everyday("i'm|i_am|im|we're|we_are [$now] done|finished|through with <tasks>", complete),
    everyday("<tasks> $is [$now] $done [$now]", complete),
    everyday("<tasks> $done", complete_explicit),
    plain("delete|delte|deleting|erase|del <tasks> from|off [$my] $list", delete),
    plain("delete|delte|deleting|erase|del <tasks>", delete),
    everyday(
        "remove|removing|drop|discard|trash|scrap|take <tasks> from|off [of] [$my] $list",
        delete,
    ),
    everyday("remove|removing|discard|trash|scrap|get_rid_of|throw_away|throw_out <tasks>", delete),
    everyday("drop|cancel|bin|kill <tasks>", delete_explicit),
    everyday("clear|empty|wipe|purge|clean_up|clean_out|clean|reset [out] <tasks>", clear),
];

fn complete(captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    own(captures, now).unwrap_or_else(|| change(Action::Complete, captures, now))
}

fn complete_explicit(captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    explicit(captures, now).and_then(|()| complete(captures, now))
}

fn reopen(captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    own(captures, now).unwrap_or_else(|| change(Action::Reopen, captures, now))
}

fn reopen_explicit(captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    explicit(captures, now).and_then(|()| reopen(captures, now))
}

fn delete(captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    own(captures, now).unwrap_or_else(|| change(Action::Delete, captures, now))
}

fn delete_explicit(captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    explicit(captures, now).and_then(|()| delete(captures, now))
}

/// "Clear my list": only for several tasks at once, so that "clear the table" is none.
fn clear(captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    if let Some(refused) = own(captures, now) {
        return refused;
    }
    let mut filter = filter::bulk(captures.get("tasks")?, now)?;
    filter.status = filter.status.or(Some(Status::All));
    Some(Deed::Change(Action::Delete, Target::Matching(filter)))
}

/// The answer instead of the change where somebody else's tasks are meant.
fn own(captures: &Captures<'_>, now: &Now) -> Option<Option<Deed>> {
    let foreign = filter::read(captures.get("tasks")?, now).foreign;
    foreign.then_some(Some(Deed::Say(Topic::Others)))
}

fn need_task(_: &Captures<'_>, _: &Now) -> Option<Deed> {
    Some(Deed::Say(Topic::NeedTask))
}
