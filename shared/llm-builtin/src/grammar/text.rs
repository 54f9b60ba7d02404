//! Rules that change titles and descriptions and add notes.

use super::{Rule, ambiguous, build_update, imperative, open_ended, require_explicit};
use crate::date::Now;
use crate::intent::{Intent, Patch, Topic};
use crate::pattern::Captures;

/// Rules in matching order.
pub(super) const RULES: &[Rule] = &[
    imperative("rename|retitle|renmae|renaming <task> to|as|into|: <text>", rename_task),
    imperative("rename|retitle <task> <text>", rename_quoted),
    imperative(
        "change|set|update|edit [the] title|name|text|wording $of <task> to|as|: <text>",
        rename_task,
    ),
    imperative("change|set|update|edit <task> title|name to|: <text>", rename_task),
    imperative("rename|retitle <task>", need_new_title),
    open_ended("describe <task> as|:|with <text>", set_description),
    open_ended(
        "add|set|change|update|edit|write [a|the] description to|$of <task> to|as|: <text>",
        set_description,
    ),
    open_ended(
        "add|set|change|update|edit|write [a|the] description to|$of <task> <text>",
        set_description_explicit,
    ),
    open_ended(
        "add|attach|append|write|put|leave [$a] $note to|$of <task> :|that_says|saying|that <text>",
        add_note,
    ),
    open_ended(
        "add|attach|append|write|put|leave [$a] $note to|$of <task> <text>",
        add_note_explicit,
    ),
    open_ended("add|attach|append|put [the] note|comment <text> to|$of <task>", add_note_quoted),
    open_ended("note|comment to|$of|about <task> : <text>", add_note),
    ambiguous("change|edit|update <task> to <text>", rename_explicit),
];

fn rename_task(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    build_update(Patch { title: captured_text(captures), ..Patch::default() }, captures, now)
}

fn need_new_title(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    require_explicit(captures, now).map(|()| Intent::Respond(Topic::NeedNewTitle))
}

fn rename_quoted(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    require_quoted_text(captures).and_then(|()| rename_task(captures, now))
}

fn rename_explicit(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    require_explicit(captures, now).and_then(|()| rename_task(captures, now))
}

fn set_description(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    build_update(Patch { description: captured_text(captures), ..Patch::default() }, captures, now)
}

fn set_description_explicit(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    require_explicit(captures, now).and_then(|()| set_description(captures, now))
}

fn add_note(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    build_update(Patch { note: captured_text(captures), ..Patch::default() }, captures, now)
}

fn add_note_explicit(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    require_explicit(captures, now).and_then(|()| add_note(captures, now))
}

fn add_note_quoted(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    require_quoted_text(captures).and_then(|()| add_note(captures, now))
}

/// Declines unless the text is quoted, because no word separates it from the task.
fn require_quoted_text(captures: &Captures<'_>) -> Option<()> {
    captures.get("text").filter(|text| text.is_quote()).map(|_| ())
}

fn captured_text(captures: &Captures<'_>) -> Option<String> {
    let text = captures.get("text")?.trim_marks().unquoted_text();
    (!text.is_empty()).then(|| text.to_owned())
}
