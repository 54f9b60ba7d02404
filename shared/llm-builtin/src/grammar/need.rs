//! "I need to …", "I should …": a command about existing tasks, or a new task.

use super::titles::build_tasks;
use super::{Confidence, parse_command};
use crate::date::Now;
use crate::intent::{Action, Intent, Topic};
use crate::pattern::Captures;
use crate::wordlist::Wordlist;

/// Words after "I have to" that mean no task.
const NON_TASK_VERBS: Wordlist = Wordlist("say|admit|confess|agree|think|know|not|wonder");
/// Words after "I must" and "I should" that state an assumption.
const ASSUMPTION_WORDS: Wordlist = Wordlist("be|have|probably|never|know|really");
/// The longest command after "I need to …", in tokens.
const MAX_NEED_WORDS: usize = 40;

/// "I need to …": a command if it refers to existing tasks or the list, otherwise a new task.
pub(super) fn add_needed(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    let needed = captures.get("need")?;
    let is_departure = needed.len() == 1 && needed.word_at(0) == "go";
    if is_departure || NON_TASK_VERBS.contains(needed.word_at(0)) {
        return None;
    }
    // The limit also bounds the recursion of "I need to I need to …".
    let command = if needed.len() <= MAX_NEED_WORDS { parse_command(needed, now) } else { None };
    match command {
        Some(parsed) if matches!(parsed.intent, Intent::Add(_)) => Some(parsed.intent),
        Some(parsed) if parsed.confidence == Confidence::Explicit => match parsed.intent {
            Intent::Change(Action::Complete, _) => Some(Intent::Respond(Topic::NotCompleted)),
            intent => Some(intent),
        },
        _ => Some(Intent::Add(build_tasks(needed, now)?)),
    }
}

/// "I should …": like [`add_needed`], except for assumptions.
pub(super) fn add_duty(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    if ASSUMPTION_WORDS.contains(captures.get("need")?.word_at(0)) {
        None
    } else {
        add_needed(captures, now)
    }
}
