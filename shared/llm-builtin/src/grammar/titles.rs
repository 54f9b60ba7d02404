//! New tasks from the words of a title slot.

use crate::date::Now;
use crate::details;
use crate::intent::NewTask;
use crate::phrase::Phrase;
use crate::wordlist::Wordlist;

/// Words that continue a title after a comma.
const CONTINUATION_WORDS: Wordlist = Wordlist(
    "before|after|with|for|because|so|but|if|when|which|it's|at|on|in|not|maybe|by|and|or|to|\
     from|the|a|an|that|who",
);

/// Builds one new task.
pub(super) fn build_task(phrase: Phrase<'_>, now: &Now) -> Option<NewTask> {
    details::parse_new_task(phrase, now).map(|(task, _)| task)
}

/// Builds the new tasks of a phrase. Words joined by commas and "and" are one task, unless a due
/// time or priority before the conjunction ends it.
pub(super) fn build_tasks(phrase: Phrase<'_>, now: &Now) -> Option<Vec<NewTask>> {
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
