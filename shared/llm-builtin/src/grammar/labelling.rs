//! Labels of existing tasks.

use super::{Rule, explicit, plain, update};
use crate::command::{Deed, Patch};
use crate::date::Now;
use crate::label;
use crate::pattern::Captures;

/// The rules, in the order in which they are tried.
pub(super) const RULES: &[Rule] = &[
    plain("add|put|attach|apply|set [the|a] $label <labels> to|on|onto|for <tasks>", add),
    plain("add|put|attach|apply <tags> to|on|onto <tasks>", add_tags),
    plain("add|put|attach|apply <labels> as [a|the] $label to|on|onto|for <tasks>", add),
    plain("label|tag <tasks> with|as|: <labels>", add),
    plain("label|tag <tasks> <tags>", add_tags),
    plain("label|tag <tasks> <labels>", add_explicit),
    plain("mark|flag <tasks> as|with <tags>", add_tags),
    plain("give <tasks> the $label <labels>", add),
    plain("$remove [the] $label <labels> from|off|of|on <tasks>", remove),
    plain("$remove <tags> from|off|of|on <tasks>", remove_tags),
    plain("$remove [the] <labels> $label from|off|of|on <tasks>", remove),
    plain("untag|unlabel <tasks> [from|with|as] <tags>", remove_tags),
    plain("untag|unlabel <labels> from|on <tasks>", remove),
];

fn add(captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    let add_labels = label::expected(captures.get("labels")?)?;
    update(Patch { add_labels, ..Patch::default() }, captures, now)
}

fn add_explicit(captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    explicit(captures, now).and_then(|()| add(captures, now))
}

fn add_tags(captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    let add_labels = label::mentioned(captures.get("tags")?)?;
    update(Patch { add_labels, ..Patch::default() }, captures, now)
}

fn remove(captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    let labels = captures.get("labels")?;
    // Which labels "all" would be is not known here.
    if matches!(labels.word(0), "all" | "every" | "any") {
        return None;
    }
    let remove_labels = label::expected(labels)?;
    update(Patch { remove_labels, ..Patch::default() }, captures, now)
}

fn remove_tags(captures: &Captures<'_>, now: &Now) -> Option<Deed> {
    let remove_labels = label::mentioned(captures.get("tags")?)?;
    update(Patch { remove_labels, ..Patch::default() }, captures, now)
}
