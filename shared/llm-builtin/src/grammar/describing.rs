//! Titles, descriptions and notes.

use super::{Rule, everyday, explicit, open, plain, update};
use crate::command::{Deed, Patch, Topic};
use crate::date::Now;
use crate::pattern::Captures;

/// The rules, in the order in which they are tried.
pub(super) const RULES: &[Rule] = &[
    plain("rename|retitle|renmae|renaming <task> to|as|into|: <text>", rename),
    plain("rename|retitle <task> <text>", rename_quoted),
    plain("change|set|update|edit [the] title|name|text|wording $of <task> to|as|: <text>", rename),
    plain("change|set|update|edit <task> title|name to|: <text>", rename),
    plain("rename|retitle <task>", need_new_title),
    open("describe <task> as|:|with <text>", describe),
    open(
        "add|set|change|update|edit|write [a|the] description to|$of <task> to|as|: <text>",
        describe,
    ),
    open(
        "add|set|change|update|edit|write [a|the] description to|$of <task> <text>",
        describe_explicit,
    ),
    open(
        "add|attach|append|write|put|leave [$a] $note to|$of <task> :|that_says|saying|that <text>",
        note,
    ),
    open("add|attach|append|write|put|leave [$a] $note to|$of <task> <text>", note_explicit),
    open("add|attach|append|put [the] note|comment <text> to|$of <task>", note_quoted),
    open("note|comment to|$of|about <task> : <text>", note),
    everyday("change|edit|update <task> to <text>", rename_explicit),
];

fn rename(captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    update(Patch { title: text(captures), ..Patch::default() }, captures, now)
}

fn need_new_title(captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    explicit(captures, now).map(|()| Deed::Say(Topic::NeedNewTitle))
}

fn rename_quoted(captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    quoted(captures).and_then(|()| rename(captures, now))
}

fn rename_explicit(captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    explicit(captures, now).and_then(|()| rename(captures, now))
}

fn describe(captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    update(Patch { description: text(captures), ..Patch::default() }, captures, now)
}

fn describe_explicit(captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    explicit(captures, now).and_then(|()| describe(captures, now))
}

fn note(captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    update(Patch { note: text(captures), ..Patch::default() }, captures, now)
}

fn note_explicit(captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    explicit(captures, now).and_then(|()| note(captures, now))
}

fn note_quoted(captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    quoted(captures).and_then(|()| note(captures, now))
}

/// Declines unless the text is a quotation, which shows where it starts.
fn quoted(captures: &Captures<'_>) -> Option<()> {
    captures.get("text").filter(|text| text.is_quote()).map(|_| ())
}

fn text(captures: &Captures<'_>) -> Option<String> {
    let text = captures.get("text")?.trimmed().literal();
    (!text.is_empty()).then(|| text.to_owned())
}
