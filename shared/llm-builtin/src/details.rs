//! The parts of a new task: takes due time, priority, labels and description out of its words, and
//! leaves the title.

use super::command::{NewTask, Patch};
use super::date::{self, Now, When};
use super::label;
use super::phrase::Phrase;
use super::priority::{self, Priority};
use super::wordlist::Wordlist;

/// What the words of a new task say besides its title.
#[derive(Debug, Default)]
pub(super) struct Details {
    when: Option<When>,
    priority: Option<Priority>,
    labels: Vec<String>,
    /// Whether they say that it goes on the list.
    pub(super) on_list: bool,
}

/// The most words of one due time or priority.
const MAX_DETAIL_WORDS: usize = 10;
/// Words before a day that make it no date: a task is due once.
const REPEATING_WORDS: Wordlist = Wordlist("every|each");
/// The longest text in which a due time is looked for between other words.
const MAX_INNER_WORDS: usize = 60;

/// What leads to a description.
const DESCRIPTION: Wordlist = Wordlist(
    "with description|with the description|with a description|with note|with a note|\
     with the note|description :|notes :|note :",
);

/// Ways to say that something goes on the list.
const ON_LIST: Wordlist = Wordlist("to|on|onto|in|into");
/// How the list is called.
const LISTS: Wordlist = Wordlist("list|lists|todos|to-dos|tasks|todo|to-do");

/// Words after which a due time may be left out of the middle of a title.
const AFTER_INNER: Wordlist = Wordlist("about|with|for|to|regarding|because|so|re");

/// Reads a new task; `None` if nothing is left for a title.
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

/// Reads words that say only when, how urgent and under which labels: "for tomorrow, urgent".
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
    /// What they change in an existing task.
    pub(super) fn into_patch(self, now: &Now) -> Patch {
        Patch {
            due: self.when.and_then(|when| when.resolve_moment(now)).map(Some),
            priority: self.priority.map(Some),
            add_labels: self.labels,
            ..Patch::default()
        }
    }

    /// Adds what they say to a task.
    pub(super) fn fill_missing(self, task: &mut NewTask, now: &Now) {
        task.due = task.due.or_else(|| self.when.and_then(|when| when.resolve_moment(now)));
        task.priority = task.priority.or(self.priority);
        task.labels.extend(self.labels);
    }

    /// Whether they say when it is due.
    pub(super) fn has_date(&self) -> bool {
        self.when.is_some()
    }

    fn take_end<'a>(&mut self, rest: Phrase<'a>, now: &Now) -> Option<Phrase<'a>> {
        let first = rest.len().saturating_sub(MAX_DETAIL_WORDS).max(1);
        let free = |start: &usize| !REPEATING_WORDS.contains(rest.word_at(start - 1));
        let mut starts = (first..rest.len()).filter(free);
        let start = starts.find(|start| self.take_detail(rest.skip_tokens(*start), now))?;
        Some(strip_trailing_conjunction(rest.slice(0..start)))
    }

    /// A due time or priority before the title: anything goes before a colon; without one, a single
    /// word may belong to the title ("monday report", "urgent care"), so it takes "tomorrow" and
    /// "today" only.
    fn take_start<'a>(&mut self, rest: Phrase<'a>, now: &Now) -> Option<Phrase<'a>> {
        let longest = rest.len().saturating_sub(1).min(MAX_DETAIL_WORDS);
        let clear = |end: usize| {
            end > 1
                || rest.word_at(1) == ":"
                || matches!(rest.word_at(0), "tomorrow" | "today" | "tonight")
        };
        let end = (1..=longest).rev().find(|end| {
            clear(*end) && !rest.is_mark(end - 1) && self.take_detail(rest.slice(0..*end), now)
        })?;
        let after = rest.skip_tokens(end).trim_marks();
        Some(if after.word_at(0) == "to" { after.skip_tokens(1) } else { after })
    }

    /// Takes tags out of the middle, and a due time that other words follow: "call mom tomorrow
    /// about the party".
    fn take_inner(&mut self, rest: Phrase<'_>, now: &Now) -> String {
        let mut kept = vec![rest];
        if let Some((start, end)) = self.find_inner_date(rest, now) {
            kept = vec![rest.slice(0..start), rest.skip_tokens(end)];
        }
        let mut title: Vec<&str> = Vec::new();
        for part in kept {
            let tags: Vec<usize> =
                (0..part.len()).filter(|at| label::hashtag_at(part, *at).is_some()).collect();
            let mut from = 0;
            for tag in tags.iter().copied().chain([part.len()]) {
                title.push(part.slice(from..tag).unquoted_text());
                self.labels.extend(label::hashtag_at(part, tag).map(str::to_owned));
                from = tag + 1;
            }
        }
        title.retain(|text| !text.is_empty());
        title.join(" ")
    }

    fn find_inner_date(&mut self, rest: Phrase<'_>, now: &Now) -> Option<(usize, usize)> {
        if self.when.is_some() || rest.len() > MAX_INNER_WORDS {
            return None;
        }
        let spans = (1..rest.len()).flat_map(|start| {
            let longest = (start + MAX_DETAIL_WORDS).min(rest.len());
            (start + 1..longest).rev().map(move |end| (start, end))
        });
        spans
            .filter(|(_, end)| AFTER_INNER.contains(rest.word_at(*end)))
            .find(|(start, end)| self.take_date(rest.slice(*start..*end), now))
    }

    /// Takes the phrase in if all of it is one due time, priority, list of labels or "to my list".
    fn take_detail(&mut self, phrase: Phrase<'_>, now: &Now) -> bool {
        if let Some(Some(level)) = priority::parse_marked_priority(phrase) {
            let new = self.priority.is_none();
            self.priority = self.priority.or(Some(level));
            return new;
        }
        if let Some(labels) = label::parse_marked_labels(phrase) {
            self.labels.splice(0..0, labels);
            return true;
        }
        if is_list_phrase(phrase) {
            self.on_list = true;
            return true;
        }
        self.take_date(phrase, now)
    }

    fn take_date(&mut self, phrase: Phrase<'_>, now: &Now) -> bool {
        let ambiguous = phrase.len() == 1 && date::is_ambiguous_weekday(phrase.word_at(0));
        if ambiguous || phrase.words().any(|word| word.ends_with("'s")) {
            return false;
        }
        let read = date::parse_when(phrase, now);
        let together = read.and_then(|new| self.when.map_or(Some(new), |when| when.combine(new)));
        self.when = together.or(self.when);
        together.is_some()
    }
}

/// Without the "and" before a detail that was taken away.
fn strip_trailing_conjunction(phrase: Phrase<'_>) -> Phrase<'_> {
    let rest = phrase.trim_marks();
    let joint = rest.len() > 1 && matches!(rest.last_word(), "and" | "&" | "but");
    if joint { rest.slice(0..rest.len() - 1).trim_marks() } else { rest }
}

/// Separates the description from the rest.
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

/// "to my list", "on the shopping list".
fn is_list_phrase(phrase: Phrase<'_>) -> bool {
    let owned = matches!(phrase.word_at(1), "my" | "the" | "our");
    ON_LIST.contains(phrase.word_at(0))
        && owned
        && (3..=5).contains(&phrase.len())
        && LISTS.contains(phrase.last_word())
}
