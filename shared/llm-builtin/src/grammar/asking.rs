//! Questions about the list.

use super::{Rule, bare, everyday, plain};
use crate::arguments::LARGEST_LIST;
use crate::command::{Deed, Filter, Listing, Reference, Status, Target, Topic, View};
use crate::date::Now;
use crate::filter::{self, Reading};
use crate::pattern::Captures;
use crate::reference;

/// The rules, in the order in which they are tried.
pub(super) const RULES: &[Rule] = &[
    everyday("how_many|count|number_of [of] <filter>", count),
    everyday("what|what's|which|whats [is] [the] number|count of <filter>", count),
    plain("$show [me] [the] [details] [of|on|for|about] <task>", details),
    plain("about|details_of|details_on|details_about|details_for <task>", details),
    plain("what|what's|whats [is|are] [in|about] <task>", details),
    plain("is|are <task> $done|$undone|overdue|due", look_up),
    plain("when|when's [is|are] <task> due", look_up),
    plain("what|what's|whats [is] left|next|up|new|open [to_do|for_me]", show_pending),
    plain(
        "find|search|look_up|search_for|look_for|locate|where_is|where's [me] [for] <filter>",
        search,
    ),
    plain("do_i_have|have_i_got|is_there|are_there [to] <filter>", show),
    everyday("$show [me|us] <filter>", show),
    everyday("what|what's|whats|which|do_i|do_we|anything|am_i|is_anything|who's <filter>", show),
    bare("<filter>", show_bare),
];

fn show(captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    question(captures, now, View::List)
}

fn show_pending(_: &Captures<'_>, _: &Now) -> Option<Deed> {
    Some(Deed::List(Listing::default()))
}

/// Without a verb every word must be understood: "overdue tasks", but not "milk tasks".
fn show_bare(captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    let reading = filter::read(captures.get("filter")?, now);
    if reading.leftover.is_empty() { show(captures, now) } else { None }
}

fn count(captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    question(captures, now, View::Count)
}

/// A question about the list: it must say "tasks" or set a condition.
fn question(captures: &Captures<'_>, now: &Now, view: View) -> Option<Deed> {
    let reading = filter::read(captures.get("filter")?, now);
    if reading.foreign {
        return Some(Deed::Say(Topic::Others));
    }
    if !(reading.noun || reading.condition) {
        return None;
    }
    let everything = reading.everything && !reading.condition;
    let mut filter = with_words(reading, false)?;
    filter.status = filter.status.or(everything.then_some(Status::All));
    filter.limit = filter.limit.or((view == View::Count).then_some(LARGEST_LIST));
    Some(Deed::List(Listing { filter, view }))
}

fn search(captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    let reading = filter::read(captures.get("filter")?, now);
    if reading.foreign {
        return Some(Deed::Say(Topic::Others));
    }
    let mut filter = with_words(reading, true).filter(|filter| filter.query.is_some())?;
    filter.status = filter.status.or(Some(Status::All));
    Some(Deed::List(Listing { filter, view: View::List }))
}

/// Tasks by their number; titles go through [`show`] and [`search`].
fn details(captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    let Target::Named(references) = reference::read(captures.get("task")?, now)? else {
        return None;
    };
    let number = |reference: &Reference| match reference {
        Reference::Number(number) => Some(*number),
        _ => None,
    };
    let numbers = references.iter().map(number).collect::<Option<Vec<u64>>>()?;
    let filter =
        Filter { status: Some(Status::All), limit: Some(LARGEST_LIST), ..Filter::default() };
    Some(Deed::List(Listing { filter, view: View::Details(numbers) }))
}

/// "Is 3 done?", "when is the dentist due?".
fn look_up(captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    if let Some(deed) = details(captures, now) {
        return Some(deed);
    }
    let Reference::Title(title) = reference::single(captures.get("task")?, now)? else {
        return None;
    };
    let filter = Filter { status: Some(Status::All), query: Some(title), ..Filter::default() };
    Some(Deed::List(Listing { filter, view: View::List }))
}

/// The filter with the words left over as its query. Without a word for "tasks" they make it no
/// question about the list ("show me the weather"), unless it is a search.
fn with_words(reading: Reading, search: bool) -> Option<Filter> {
    let mut filter = reading.filter;
    if !reading.leftover.is_empty() {
        if !(search || reading.noun) || filter.query.is_some() {
            return None;
        }
        filter.query = Some(reading.leftover.join(" "));
    }
    Some(filter)
}
