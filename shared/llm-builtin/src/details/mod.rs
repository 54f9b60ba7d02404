//! The details of a new task: separates due time, priority, labels and description from the title.

mod extraction;

use crate::date::{Now, When};
use crate::intent::{NewTask, Patch};
use crate::phrase::Phrase;
use crate::priority::Priority;
use crate::wordlist::Wordlist;
use extraction::{MAX_DETAIL_WORDS, strip_trailing_conjunction};

/// The fields of a new task besides title and description.
#[derive(Debug, Default)]
pub(super) struct Details {
    when: Option<When>,
    priority: Option<Priority>,
    labels: Vec<String>,
    /// Whether the words contain "to my list".
    pub(super) on_list: bool,
}

/// Phrases that introduce a description.
const DESCRIPTION: Wordlist = Wordlist(
    "with description|with the description|with a description|with note|with a note|\
     with the note|description :|notes :|note :",
);

/// Parses a new task; `None` if no words are left for a title.
pub(super) fn parse_new_task(phrase: Phrase<'_>, now: &Now) -> Option<(NewTask, Details)> {
    let (phrase, description) = split_description(phrase.trim_marks());
    let mut details = Details::default();
    let mut rest = phrase;
    while let Some(shorter) = details.take_end(rest, now).or_else(|| details.take_start(rest, now))
    {
        rest = shorter;
    }
    let title = details.take_inner(rest, now);
    let task = NewTask {
        title: if title.is_empty() { phrase.unquoted_text().to_owned() } else { title },
        description,
        due: details.when.and_then(|when| when.resolve_moment(now)),
        priority: details.priority,
        labels: details.labels.clone(),
    };
    (!task.title.is_empty()).then_some((task, details))
}

/// Parses words that are details only: "for tomorrow, urgent".
pub(super) fn parse_details(phrase: Phrase<'_>, now: &Now) -> Option<Details> {
    let mut details = Details::default();
    let mut rest = phrase.trim_marks();
    while !rest.is_empty() {
        let start =
            (0..rest.len()).find(|start| details.take_detail(rest.skip_tokens(*start), now))?;
        rest = strip_trailing_conjunction(rest.slice(0..start));
    }
    Some(details)
}

/// Whether the phrase ends with a due time, a priority or labels after other words.
pub(super) fn ends_in_detail(phrase: Phrase<'_>, now: &Now) -> bool {
    Details::default().take_end(phrase, now).is_some()
}

/// Whether the phrase starts with a due time, a priority or labels.
pub(super) fn starts_with_detail(phrase: Phrase<'_>, now: &Now) -> bool {
    let longest = phrase.len().min(MAX_DETAIL_WORDS);
    (1..=longest).any(|end| Details::default().take_detail(phrase.slice(0..end), now))
}

impl Details {
    /// The update that applies the details to an existing task.
    pub(super) fn into_patch(self, now: &Now) -> Patch {
        Patch {
            due: self.when.and_then(|when| when.resolve_moment(now)).map(Some),
            priority: self.priority.map(Some),
            add_labels: self.labels,
            ..Patch::default()
        }
    }

    /// Sets the fields that the task lacks, and adds the labels.
    pub(super) fn fill_missing(self, task: &mut NewTask, now: &Now) {
        task.due = task.due.or_else(|| self.when.and_then(|when| when.resolve_moment(now)));
        task.priority = task.priority.or(self.priority);
        task.labels.extend(self.labels);
    }

    /// Whether a due time was found.
    pub(super) fn has_date(&self) -> bool {
        self.when.is_some()
    }
}

/// Splits off the description after one of [`DESCRIPTION`].
fn split_description(phrase: Phrase<'_>) -> (Phrase<'_>, Option<String>) {
    let found = (1..phrase.len())
        .find_map(|at| Some((at, at + DESCRIPTION.longest_match(phrase.skip_tokens(at))?)));
    match found {
        Some((at, end)) if end < phrase.len() => {
            let text = phrase.skip_tokens(end).trim_marks().unquoted_text().to_owned();
            (phrase.slice(0..at).trim_marks(), Some(text))
        }
        _ => (phrase, None),
    }
}
