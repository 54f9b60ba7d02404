//! Adding tasks.

use super::{Confidence, Rule, everyday, list, open, parse, plain};
use crate::command::{Action, Deed, NewTask, Topic};
use crate::date::Now;
use crate::details;
use crate::pattern::Captures;
use crate::phrase::Phrase;
use crate::wordlist::Wordlist;

/// Wordings that start like those of changes, and are tried before them.
pub(super) const REMINDERS: &[Rule] = &[
    plain("remind_me [to|about] [something]", need_title),
    open("set|set_up|create|make|add [a|an] reminder to|for|about <title>", add),
    open("remind|remnid|remid me [that] [i] [need|have] to|about|of|that <title>", add),
    open("remind me <when> to|about|that <title>", add_with_when),
    open("remind me : <title>", add),
    open("remind me <title>", add_dated),
    open("don't|dont|do_not|never forget to|about <title>", add),
    open("don't|dont|do_not let me forget to|about <title>", add),
    open("make_sure i|we|that_i [remember|don't_forget] [to] <title>", add),
    open("remember|i_must_remember|note_to_self|i_mustn't_forget to|: <title>", add),
];

/// The rules, in the order in which they are tried.
pub(super) const RULES: &[Rule] = &[
    plain("$add [$a] $task [:] [to|on|onto] [$my] [$list]", need_title),
    plain("$add [$a] $task <details>", need_title_too),
    list("$add [$these] [$count] [new] $tasks|these [to] [$my] [$list] : <titles>", add_all),
    list("$add [to] [$my] [$list] : <titles>", add_all),
    list("$tasks : <titles>", add_all),
    list("$add [$these] [$count] [new] [$tasks|these]", need_title),
    list("$add [to] [$my] [$list]", need_title),
    plain("$add [$a] $task [for_me] $called [:] <title>", add),
    plain("$add [$a] <before> $task $called [:] <title>", add_with_before),
    plain("$add [$a] <before> task|todo|to-do <title>", add_with_before),
    plain("$add [$a] $task <after> $called [:] <title>", add_with_after),
    plain("$add [$a] $task for|about|on|that [:] <title>", add),
    plain("add|ad|create|new [$a] task|todo|to-do <title>", add),
    plain("add|ad|adding|insert|enter [:] <title>", add),
    plain("note_down|jot_down|write_down|put_down|log|record [that|:] <title>", add),
    everyday("create|creat|schedule|plan <title>", add_dated),
    everyday("put|stick|throw|get|write|place|have|pop <title>", add_listed),
    open("todo|to-do|to_do|task|new_task|reminder|new_todo : <title>", add),
    open("$have|i_still|i_also|i_really [$also] need|have|ought|got|gotta to <need>", need),
    open("i'll|i_will [$also] need|have to <need>", need),
    open("i|we [$also] gotta|must|should <need>", duty),
];

/// What follows "I have to" where nothing is to be done.
const SAYINGS: Wordlist = Wordlist("say|admit|confess|agree|think|know|not|wonder");
/// What follows "I must" and "I should" where they tell what is likely.
const GUESSES: Wordlist = Wordlist("be|have|probably|never|know|really");

/// The most words of an order within "I need to …".
const LONGEST_ORDER: usize = 40;

/// Words that start no task of their own after a comma.
const CONTINUING: Wordlist = Wordlist(
    "before|after|with|for|because|so|but|if|when|which|it's|at|on|in|not|maybe|by|and|or|to|\
     from|the|a|an|that|who",
);

fn add(captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    Some(Deed::Add(tasks(captures.get("title")?, now)?))
}

/// A list: what commas, "and", bullets and lines separate.
fn add_all(captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    let parts = captures.get("titles")?.split(|word| matches!(word, "," | "and" | "&" | ";"));
    let tasks: Option<Vec<NewTask>> = parts.into_iter().map(|part| task(part, now)).collect();
    tasks.filter(|tasks| !tasks.is_empty()).map(Deed::Add)
}

/// "Add a high priority task to …".
fn add_with_before(captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    add_with(captures.get("before")?, captures, now)
}

/// "Add a task for tomorrow to …".
fn add_with_after(captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    add_with(captures.get("after")?, captures, now)
}

fn add_with_when(captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    add_with(captures.get("when")?, captures, now)
}

fn add_with(more: Phrase<'_>, captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    let more = details::read_only(more, now)?;
    let mut task = task(captures.get("title")?, now)?;
    more.complete(&mut task, now);
    Some(Deed::Add(vec![task]))
}

/// Only with a due time: "plan the trip" is no order, "plan the trip for friday" is.
fn add_dated(captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    let (task, details) = details::read(captures.get("title")?, now)?;
    details.has_date().then(|| Deed::Add(vec![task]))
}

/// Only with the list: "put eggs on my list".
fn add_listed(captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    let (task, details) = details::read(captures.get("title")?, now)?;
    details.on_list.then(|| Deed::Add(vec![task]))
}

/// "I need to …": a command if it names existing tasks or the list, else a new task.
fn need(captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    let needed = captures.get("need")?;
    let leaving = needed.len() == 1 && needed.word(0) == "go";
    if leaving || SAYINGS.has(needed.word(0)) {
        return None;
    }
    // An order is short; the bound also keeps "I need to I need to …" from going deep.
    let order = if needed.len() <= LONGEST_ORDER { parse(needed, now) } else { None };
    match order {
        Some(parsed) if matches!(parsed.deed, Deed::Add(_)) => Some(parsed.deed),
        Some(parsed) if parsed.confidence == Confidence::Explicit => match parsed.deed {
            Deed::Change(Action::Complete, _) => Some(Deed::Say(Topic::NotYet)),
            deed => Some(deed),
        },
        _ => Some(Deed::Add(tasks(needed, now)?)),
    }
}

/// "Add a task for tomorrow": the title is missing.
fn need_title_too(captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    details::read_only(captures.get("details")?, now).map(|_| Deed::Say(Topic::NeedTitle))
}

/// "I should …".
fn duty(captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    if GUESSES.has(captures.get("need")?.word(0)) { None } else { need(captures, now) }
}

fn need_title(_: &Captures<'_>, _: &Now) -> Option<Deed> {
    Some(Deed::Say(Topic::NeedTitle))
}

/// One new task.
pub(in super::super) fn task(phrase: Phrase<'_>, now: &Now) -> Option<NewTask> {
    details::read(phrase, now).map(|(task, _)| task)
}

/// The new tasks of the phrase. Words joined by commas and "and" are one task, unless the due time
/// or priority before the joint shows that the first one ends there.
fn tasks(phrase: Phrase<'_>, now: &Now) -> Option<Vec<NewTask>> {
    let mut found = Vec::new();
    let mut rest = phrase;
    while let Some(end) = (1..rest.len().saturating_sub(1)).find(|at| ends_at(rest, *at, now)) {
        found.push(task(rest.part(0..end), now)?);
        rest = rest.from(end + 1);
    }
    found.push(task(rest, now)?);
    Some(found)
}

fn ends_at(phrase: Phrase<'_>, at: usize, now: &Now) -> bool {
    let comma = phrase.word(at) == ",";
    if !comma && phrase.word(at) != "and" {
        return false;
    }
    let (left, right) = (phrase.part(0..at), phrase.from(at + 1).trimmed());
    !CONTINUING.has(right.word(0))
        && details::ends_in_detail(left, now)
        && !details::starts_with_detail(right, now)
        && (comma || details::ends_in_detail(right, now))
}
