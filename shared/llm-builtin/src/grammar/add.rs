//! Adding tasks.

use super::{Confidence, Rule, ambiguous, imperative, list_header, open_ended, parse_command};
use crate::command::{Action, Intent, NewTask, Topic};
use crate::date::Now;
use crate::details;
use crate::pattern::Captures;
use crate::phrase::Phrase;
use crate::wordlist::Wordlist;

/// Wordings that start like those of changes, and are tried before them.
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

/// The rules, in the order in which they are tried.
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

/// What follows "I have to" where nothing is to be done.
const NON_TASK_VERBS: Wordlist = Wordlist("say|admit|confess|agree|think|know|not|wonder");
/// What follows "I must" and "I should" where they tell what is likely.
const ASSUMPTION_WORDS: Wordlist = Wordlist("be|have|probably|never|know|really");

/// The most words of an order within "I need to …".
const MAX_NEED_WORDS: usize = 40;

/// Words that start no task of their own after a comma.
const CONTINUATION_WORDS: Wordlist = Wordlist(
    "before|after|with|for|because|so|but|if|when|which|it's|at|on|in|not|maybe|by|and|or|to|\
     from|the|a|an|that|who",
);

fn add_tasks(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    Some(Intent::Add(build_tasks(captures.get("title")?, now)?))
}

/// A list: what commas, "and", bullets and lines separate.
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

fn add_with(more: Phrase<'_>, captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    let more = details::parse_details(more, now)?;
    let mut task = build_task(captures.get("title")?, now)?;
    more.fill_missing(&mut task, now);
    Some(Intent::Add(vec![task]))
}

/// Only with a due time: "plan the trip" is no order, "plan the trip for friday" is.
fn add_dated(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    let (task, details) = details::parse_new_task(captures.get("title")?, now)?;
    details.has_date().then(|| Intent::Add(vec![task]))
}

/// Only with the list: "put eggs on my list".
fn add_listed(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    let (task, details) = details::parse_new_task(captures.get("title")?, now)?;
    details.on_list.then(|| Intent::Add(vec![task]))
}

/// "I need to …": a command if it names existing tasks or the list, else a new task.
fn add_needed(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    let needed = captures.get("need")?;
    let leaving = needed.len() == 1 && needed.word_at(0) == "go";
    if leaving || NON_TASK_VERBS.contains(needed.word_at(0)) {
        return None;
    }
    // An order is short; the bound also keeps "I need to I need to …" from going deep.
    let order = if needed.len() <= MAX_NEED_WORDS { parse_command(needed, now) } else { None };
    match order {
        Some(parsed) if matches!(parsed.intent, Intent::Add(_)) => Some(parsed.intent),
        Some(parsed) if parsed.confidence == Confidence::Explicit => match parsed.intent {
            Intent::Change(Action::Complete, _) => Some(Intent::Respond(Topic::NotCompleted)),
            intent => Some(intent),
        },
        _ => Some(Intent::Add(build_tasks(needed, now)?)),
    }
}

/// "Add a task for tomorrow": the title is missing.
fn need_title_with_details(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    details::parse_details(captures.get("details")?, now).map(|_| Intent::Respond(Topic::NeedTitle))
}

/// "I should …".
fn add_duty(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    if ASSUMPTION_WORDS.contains(captures.get("need")?.word_at(0)) {
        None
    } else {
        add_needed(captures, now)
    }
}

fn need_title(_: &Captures<'_>, _: &Now) -> Option<Intent> {
    Some(Intent::Respond(Topic::NeedTitle))
}

/// One new task.
pub(in super::super) fn build_task(phrase: Phrase<'_>, now: &Now) -> Option<NewTask> {
    details::parse_new_task(phrase, now).map(|(task, _)| task)
}

/// The new tasks of the phrase. Words joined by commas and "and" are one task, unless the due time
/// or priority before the joint shows that the first one ends there.
fn build_tasks(phrase: Phrase<'_>, now: &Now) -> Option<Vec<NewTask>> {
    let mut found = Vec::new();
    let mut rest = phrase;
    while let Some(end) = (1..rest.len().saturating_sub(1)).find(|at| ends_task_at(rest, *at, now))
    {
        found.push(build_task(rest.slice(0..end), now)?);
        rest = rest.skip_tokens(end + 1);
    }
    found.push(build_task(rest, now)?);
    Some(found)
}

fn ends_task_at(phrase: Phrase<'_>, at: usize, now: &Now) -> bool {
    let comma = phrase.word_at(at) == ",";
    if !comma && phrase.word_at(at) != "and" {
        return false;
    }
    let (left, right) = (phrase.slice(0..at), phrase.skip_tokens(at + 1).trim_marks());
    !CONTINUATION_WORDS.contains(right.word_at(0))
        && details::ends_in_detail(left, now)
        && !details::starts_with_detail(right, now)
        && (comma || details::ends_in_detail(right, now))
}
