//! "I need to …", "I should …": a command about existing tasks, or a new task.

use super::titles::build_tasks;
use super::{Confidence, parse_command};
use crate::date::Now;
use crate::intent::{Action, Intent, Topic};
use crate::pattern::Captures;
use crate::wordlist::Wordlist;

/// What follows "I have to" where nothing is to be done.
const NON_TASK_VERBS: Wordlist = Wordlist("say|admit|confess|agree|think|know|not|wonder");
/// What follows "I must" and "I should" where they tell what is likely.
const ASSUMPTION_WORDS: Wordlist = Wordlist("be|have|probably|never|know|really");
/// The most words of an order within "I need to …".
const MAX_NEED_WORDS: usize = 40;

/// "I need to …": a command if it names existing tasks or the list, else a new task.
pub(super) fn add_needed(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
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

/// "I should …".
pub(super) fn add_duty(captures: &Captures<'_>, now: &Now) -> Option<Intent> {
    if ASSUMPTION_WORDS.contains(captures.get("need")?.word_at(0)) {
        None
    } else {
        add_needed(captures, now)
    }
}
