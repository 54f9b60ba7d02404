//! Rules that add and remove labels.

use super::{Rule, build_update, imperative, require_explicit};
use crate::date::Now;
use crate::intent::{Intent, Patch};
use crate::label;
use crate::pattern::Captures;

/// Rules in matching order.
pub(super) const RULES: &[Rule] = &[
    imperative(
        "add|put|attach|apply|set [the|a] $label <labels> to|on|onto|for <tasks>",
        add_labels,
    ),
    imperative("add|put|attach|apply <tags> to|on|onto <tasks>", add_tags),
    imperative(
        "add|put|attach|apply <labels> as [a|the] $label to|on|onto|for <tasks>",
        add_labels,
    ),
    imperative("label|tag <tasks> with|as|: <labels>", add_labels),
    imperative("label|tag <tasks> <tags>", add_tags),
    imperative("label|tag <tasks> <labels>", add_labels_explicit),
    imperative("mark|flag <tasks> as|with <tags>", add_tags),
    imperative("give <tasks> the $label <labels>", add_labels),
    imperative("$remove [the] $label <labels> from|off|of|on <tasks>", remove_labels),
    imperative("$remove <tags> from|off|of|on <tasks>", remove_tags),
    imperative("$remove [the] <labels> $label from|off|of|on <tasks>", remove_labels),
    imperative("untag|unlabel <tasks> [from|with|as] <tags>", remove_tags),
    imperative("untag|unlabel <labels> from|on <tasks>", remove_labels),
];

fn add_labels(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    let add_labels = label::parse_label_names(captures.get("labels")?)?;
    build_update(Patch { add_labels, ..Patch::default() }, captures, now)
}

fn add_labels_explicit(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    require_explicit(captures, now).and_then(|()| add_labels(captures, now))
}

fn add_tags(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    let add_labels = label::parse_marked_labels(captures.get("tags")?)?;
    build_update(Patch { add_labels, ..Patch::default() }, captures, now)
}

fn remove_labels(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    let labels = captures.get("labels")?;
    // Which labels "all" would be is not known here.
    if matches!(labels.word_at(0), "all" | "every" | "any") {
        return None;
    }
    let remove_labels = label::parse_label_names(labels)?;
    build_update(Patch { remove_labels, ..Patch::default() }, captures, now)
}

fn remove_tags(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    let remove_labels = label::parse_marked_labels(captures.get("tags")?)?;
    build_update(Patch { remove_labels, ..Patch::default() }, captures, now)
}
