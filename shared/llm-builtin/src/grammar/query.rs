//! Rules that list, count, search and show tasks.

use super::{Rule, ambiguous, imperative, verbless};
use crate::arguments::MAX_LISTED_TASKS;
use crate::date::Now;
use crate::filter::{self, ParsedFilter};
use crate::intent::{Filter, Intent, Listing, Reference, Status, Target, Topic, View};
use crate::pattern::Captures;
use crate::reference;

/// Rules in matching order.
pub(super) const RULES: &[Rule] = &[
    ambiguous("how_many|count|number_of [of] <filter>", count_tasks),
    ambiguous("what|what's|which|whats [is] [the] number|count of <filter>", count_tasks),
    imperative("$show [me] [the] [details] [of|on|for|about] <task>", show_details),
    imperative("about|details_of|details_on|details_about|details_for <task>", show_details),
    imperative("what|what's|whats [is|are] [in|about] <task>", show_details),
    imperative("is|are <task> $done|$undone|overdue|due", look_up_task),
    imperative("when|when's [is|are] <task> due", look_up_task),
    imperative("what|what's|whats [is] left|next|up|new|open [to_do|for_me]", show_pending),
    imperative(
        "find|search|look_up|search_for|look_for|locate|where_is|where's [me] [for] <filter>",
        search_tasks,
    ),
    imperative("do_i_have|have_i_got|is_there|are_there [to] <filter>", show_tasks),
    ambiguous("$show [me|us] <filter>", show_tasks),
    ambiguous(
        "what|what's|whats|which|do_i|do_we|anything|am_i|is_anything|who's <filter>",
        show_tasks,
    ),
    verbless("<filter>", show_bare),
];

fn show_tasks(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    build_listing(captures, now, View::List)
}

fn show_pending(_: &Captures<'_>, _: &Now) -> Option<Intent> {
    Some(Intent::List(Listing::default()))
}

/// Requires that every word is known, as there is no verb: "overdue tasks", but not "milk tasks".
fn show_bare(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    let parsed = filter::parse_filter(captures.get("filter")?, now);
    if parsed.unknown_words.is_empty() { show_tasks(captures, now) } else { None }
}

fn count_tasks(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    build_listing(captures, now, View::Count)
}

/// A query of the list; requires a noun for tasks or a condition.
fn build_listing(captures: &Captures<'_>, now: &Now, view: View) -> Option<Intent> {
    let parsed = filter::parse_filter(captures.get("filter")?, now);
    if parsed.other_owner {
        return Some(Intent::Respond(Topic::OtherUsers));
    }
    if !(parsed.has_noun || parsed.has_condition) {
        return None;
    }
    let everything = parsed.means_all && !parsed.has_condition;
    let mut filter = with_words(parsed, false)?;
    filter.status = filter.status.or(everything.then_some(Status::All));
    filter.limit = filter.limit.or((view == View::Count).then_some(MAX_LISTED_TASKS));
    Some(Intent::List(Listing { filter, view }))
}

fn search_tasks(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    let parsed = filter::parse_filter(captures.get("filter")?, now);
    if parsed.other_owner {
        return Some(Intent::Respond(Topic::OtherUsers));
    }
    let mut filter = with_words(parsed, true).filter(|filter| filter.query.is_some())?;
    filter.status = filter.status.or(Some(Status::All));
    Some(Intent::List(Listing { filter, view: View::List }))
}

/// Tasks by number; titles are handled by [`show_tasks`] and [`search_tasks`].
fn show_details(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    let Target::Named(references) = reference::parse_target(captures.get("task")?, now)? else {
        return None;
    };
    let numbers = references.iter().map(task_number).collect::<Option<Vec<u64>>>()?;
    let filter =
        Filter { status: Some(Status::All), limit: Some(MAX_LISTED_TASKS), ..Filter::default() };
    Some(Intent::List(Listing { filter, view: View::Details(numbers) }))
}

fn task_number(reference: &Reference) -> Option<u64> {
    match reference {
        Reference::Number(number) => Some(*number),
        _ => None,
    }
}

/// "Is 3 done?", "when is the dentist due?".
fn look_up_task(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    if let Some(intent) = show_details(captures, now) {
        return Some(intent);
    }
    let Reference::Title(title) = reference::parse_single_reference(captures.get("task")?, now)?
    else {
        return None;
    };
    let filter = Filter { status: Some(Status::All), query: Some(title), ..Filter::default() };
    Some(Intent::List(Listing { filter, view: View::List }))
}

/// The filter with the unknown words as its text query. Unless it is a search, unknown words
/// require a noun for tasks: "show me the weather" is no query.
fn with_words(parsed: ParsedFilter, search: bool) -> Option<Filter> {
    let mut filter = parsed.filter;
    if !parsed.unknown_words.is_empty() {
        if !(search || parsed.has_noun) || filter.query.is_some() {
            return None;
        }
        filter.query = Some(parsed.unknown_words.join(" "));
    }
    Some(filter)
}
