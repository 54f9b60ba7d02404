//! Rules that add tasks.

use super::need::{add_duty, add_needed};
use super::titles::{build_task, build_tasks};
use super::{Rule, ambiguous, imperative, list_header, open_ended};
use crate::date::Now;
use crate::details;
use crate::intent::{Intent, NewTask, Topic};
use crate::pattern::Captures;
use crate::phrase::Phrase;

/// Phrasings that would match rules of changes; tried before them.
pub(super) const REMINDERS: &[Rule] = &[
    imperative("remind_me [to|about] [something]", need_title),
    open_ended("set|set_up|create|make|add [a|an] reminder to|for|about <title>", add_tasks),
    open_ended("remind|remnid|remid me [that] [i] [need|have] to|about|of|that <title>", add_tasks),
    open_ended("remind me <when> to|about|that <title>", add_with_when),
    open_ended("remind me : <title>", add_tasks),
    open_ended("remind me <title>", add_dated),
    open_ended("don't|dont|do_not|never forget to|about <title>", add_tasks),
    open_ended("don't|dont|do_not let me forget to|about <title>", add_tasks),
    open_ended("make_sure i|we|that_i [remember|don't_forget] [to] <title>", add_tasks),
    open_ended("remember|i_must_remember|note_to_self|i_mustn't_forget to|: <title>", add_tasks),
];

/// Rules in matching order.
pub(super) const RULES: &[Rule] = &[
    imperative("$add [$a] $task [:] [to|on|onto] [$my] [$list]", need_title),
    imperative("$add [$a] $task <details>", need_title_with_details),
    list_header(
        "$add [$these] [$count] [new] $tasks|these [to] [$my] [$list] : <titles>",
        add_list,
    ),
    list_header("$add [to] [$my] [$list] : <titles>", add_list),
    list_header("$tasks : <titles>", add_list),
    list_header("$add [$these] [$count] [new] [$tasks|these]", need_title),
    list_header("$add [to] [$my] [$list]", need_title),
    imperative("$add [$a] $task [for_me] $called [:] <title>", add_tasks),
    imperative("$add [$a] <before> $task $called [:] <title>", add_with_before),
    imperative("$add [$a] <before> task|todo|to-do <title>", add_with_before),
    imperative("$add [$a] $task <after> $called [:] <title>", add_with_after),
    imperative("$add [$a] $task for|about|on|that [:] <title>", add_tasks),
    imperative("add|ad|create|new [$a] task|todo|to-do <title>", add_tasks),
    imperative("add|ad|adding|insert|enter [:] <title>", add_tasks),
    imperative("note_down|jot_down|write_down|put_down|log|record [that|:] <title>", add_tasks),
    ambiguous("create|creat|schedule|plan <title>", add_dated),
    ambiguous("put|stick|throw|get|write|place|have|pop <title>", add_listed),
    open_ended("todo|to-do|to_do|task|new_task|reminder|new_todo : <title>", add_tasks),
    open_ended(
        "$have|i_still|i_also|i_really [$also] need|have|ought|got|gotta to <need>",
        add_needed,
    ),
    open_ended("i'll|i_will [$also] need|have to <need>", add_needed),
    open_ended("i|we [$also] gotta|must|should <need>", add_duty),
];

fn add_tasks(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    Some(Intent::Add(build_tasks(captures.get("title")?, now)?))
}

/// One task for each item between commas, "and" and semicolons.
fn add_list(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    let parts = captures.get("titles")?.split(|word| matches!(word, "," | "and" | "&" | ";"));
    let tasks: Option<Vec<NewTask>> = parts.into_iter().map(|part| build_task(part, now)).collect();
    tasks.filter(|tasks| !tasks.is_empty()).map(Intent::Add)
}

/// "Add a high priority task to …".
fn add_with_before(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    add_with(captures.get("before")?, captures, now)
}

/// "Add a task for tomorrow to …".
fn add_with_after(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    add_with(captures.get("after")?, captures, now)
}

fn add_with_when(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    add_with(captures.get("when")?, captures, now)
}

fn add_with(details: Phrase<'_>, captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    let details = details::parse_details(details, now)?;
    let mut task = build_task(captures.get("title")?, now)?;
    details.fill_missing(&mut task, now);
    Some(Intent::Add(vec![task]))
}

/// Requires a due time: "plan the trip" is no command, "plan the trip for friday" is.
fn add_dated(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    let (task, details) = details::parse_new_task(captures.get("title")?, now)?;
    details.has_date().then(|| Intent::Add(vec![task]))
}

/// Requires the list: "put eggs on my list".
fn add_listed(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    let (task, details) = details::parse_new_task(captures.get("title")?, now)?;
    details.on_list.then(|| Intent::Add(vec![task]))
}

/// "Add a task for tomorrow" has no title.
fn need_title_with_details(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    details::parse_details(captures.get("details")?, now).map(|_| Intent::Respond(Topic::NeedTitle))
}

fn need_title(_: &Captures<'_>, _: &Now) -> Option<Intent> {
    Some(Intent::Respond(Topic::NeedTitle))
}
