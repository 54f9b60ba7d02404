//! Intents that change the tasks of the slot `<tasks>` or `<task>`.

use crate::date::Now;
use crate::intent::{Action, Intent, Patch, Target};
use crate::pattern::Captures;
use crate::reference;

/// The intent that updates fields of the tasks of the slot.
pub(super) fn build_update(patch: Patch, captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    build_change(Action::Update(patch), captures, now)
}

/// The intent that applies `action` to the tasks of the slot.
pub(super) fn build_change(action: Action, captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    if let Some(task) = captures.get("task") {
        let reference = reference::parse_single_reference(task, now)?;
        return Some(Intent::Change(action, Target::Named(vec![reference])));
    }
    Some(Intent::Change(action, reference::parse_target(captures.get("tasks")?, now)?))
}

/// Declines unless the slot can only refer to existing tasks.
pub(super) fn require_explicit(captures: &Captures<'_>, now: &Now) -> Option<()> {
    let slot = captures.get("tasks").or_else(|| captures.get("task"))?;
    reference::is_explicit(slot, now).then_some(())
}
