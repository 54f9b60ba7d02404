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
const LONGEST: usize = 10;
/// Words before a day that make it no date: a task is due once.
const REPEATING: Wordlist = Wordlist("every|each");
/// The longest text in which a due time is looked for between other words.
const LONGEST_INNER: usize = 60;

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
pub(super) fn read(phrase: Phrase<'_>, now: &Now) -> Option<(NewTask, Details)> {
    let (phrase, description) = described(phrase.trimmed());
    let mut details = Details::default();
    let mut rest = phrase;
    while let Some(shorter) = details.take_end(rest, now).or_else(|| details.take_start(rest, now))
    {
        rest = shorter;
    }
    let title = details.take_inner(rest, now);
    let task = NewTask {
        title: if title.is_empty() { phrase.literal().to_owned() } else { title },
        description,
        due: details.when.and_then(|when| when.resolve(now)),
        priority: details.priority,
        labels: details.labels.clone(),
    };
    (!task.title.is_empty()).then_some((task, details))
}

/// Reads words that say only when, how urgent and under which labels: "for tomorrow, urgent".
pub(super) fn read_only(phrase: Phrase<'_>, now: &Now) -> Option<Details> {
    let mut details = Details::default();
    let mut rest = phrase.trimmed();
    while !rest.is_empty() {
        let start = (0..rest.len()).find(|start| details.absorb(rest.from(*start), now))?;
        rest = without_joint(rest.part(0..start));
    }
    Some(details)
}

/// Whether the phrase ends with a due time, a priority or labels after other words.
pub(super) fn ends_in_detail(phrase: Phrase<'_>, now: &Now) -> bool {
    Details::default().take_end(phrase, now).is_some()
}

/// Whether the phrase starts with a due time, a priority or labels.
pub(super) fn starts_with_detail(phrase: Phrase<'_>, now: &Now) -> bool {
    let longest = phrase.len().min(LONGEST);
    (1..=longest).any(|end| Details::default().absorb(phrase.part(0..end), now))
}

impl Details {
    /// What they change in an existing task.
    pub(super) fn into_patch(self, now: &Now) -> Patch {
        Patch {
            due: self.when.and_then(|when| when.resolve(now)).map(Some),
            priority: self.priority.map(Some),
            add_labels: self.labels,
            ..Patch::default()
        }
    }

    /// Adds what they say to a task.
    pub(super) fn complete(self, task: &mut NewTask, now: &Now) {
        task.due = task.due.or_else(|| self.when.and_then(|when| when.resolve(now)));
        task.priority = task.priority.or(self.priority);
        task.labels.extend(self.labels);
    }

    /// Whether they say when it is due.
    pub(super) fn has_date(&self) -> bool {
        self.when.is_some()
    }

    fn take_end<'a>(&mut self, rest: Phrase<'a>, now: &Now) -> Option<Phrase<'a>> {
        let first = rest.len().saturating_sub(LONGEST).max(1);
        let free = |start: &usize| !REPEATING.has(rest.word(start - 1));
        let mut starts = (first..rest.len()).filter(free);
        let start = starts.find(|start| self.absorb(rest.from(*start), now))?;
        Some(without_joint(rest.part(0..start)))
    }

    /// A due time or priority before the title: anything goes before a colon; without one, a single
    /// word may belong to the title ("monday report", "urgent care"), so it takes "tomorrow" and
    /// "today" only.
    fn take_start<'a>(&mut self, rest: Phrase<'a>, now: &Now) -> Option<Phrase<'a>> {
        let longest = rest.len().saturating_sub(1).min(LONGEST);
        let clear = |end: usize| {
            end > 1
                || rest.word(1) == ":"
                || matches!(rest.word(0), "tomorrow" | "today" | "tonight")
        };
        let end = (1..=longest).rev().find(|end| {
            clear(*end) && !rest.is_mark(end - 1) && self.absorb(rest.part(0..*end), now)
        })?;
        let after = rest.from(end).trimmed();
        Some(if after.word(0) == "to" { after.from(1) } else { after })
    }

    /// Takes tags out of the middle, and a due time that other words follow: "call mom tomorrow
    /// about the party".
    fn take_inner(&mut self, rest: Phrase<'_>, now: &Now) -> String {
        let mut kept = vec![rest];
        if let Some((start, end)) = self.inner_date(rest, now) {
            kept = vec![rest.part(0..start), rest.from(end)];
        }
        let mut title: Vec<&str> = Vec::new();
        for part in kept {
            let tags: Vec<usize> =
                (0..part.len()).filter(|at| label::tag(part, *at).is_some()).collect();
            let mut from = 0;
            for tag in tags.iter().copied().chain([part.len()]) {
                title.push(part.part(from..tag).literal());
                self.labels.extend(label::tag(part, tag).map(str::to_owned));
                from = tag + 1;
            }
        }
        title.retain(|text| !text.is_empty());
        title.join(" ")
    }

    fn inner_date(&mut self, rest: Phrase<'_>, now: &Now) -> Option<(usize, usize)> {
        if self.when.is_some() || rest.len() > LONGEST_INNER {
            return None;
        }
        let spans = (1..rest.len()).flat_map(|start| {
            let longest = (start + LONGEST).min(rest.len());
            (start + 1..longest).rev().map(move |end| (start, end))
        });
        spans
            .filter(|(_, end)| AFTER_INNER.has(rest.word(*end)))
            .find(|(start, end)| self.absorb_date(rest.part(*start..*end), now))
    }

    /// Takes the phrase in if all of it is one due time, priority, list of labels or "to my list".
    fn absorb(&mut self, phrase: Phrase<'_>, now: &Now) -> bool {
        if let Some(Some(level)) = priority::mentioned(phrase) {
            let new = self.priority.is_none();
            self.priority = self.priority.or(Some(level));
            return new;
        }
        if let Some(labels) = label::mentioned(phrase) {
            self.labels.splice(0..0, labels);
            return true;
        }
        if names_list(phrase) {
            self.on_list = true;
            return true;
        }
        self.absorb_date(phrase, now)
    }

    fn absorb_date(&mut self, phrase: Phrase<'_>, now: &Now) -> bool {
        let ambiguous = phrase.len() == 1 && date::is_weak(phrase.word(0));
        if ambiguous || phrase.words().any(|word| word.ends_with("'s")) {
            return false;
        }
        let read = date::read(phrase, now);
        let together = read.and_then(|new| self.when.map_or(Some(new), |when| when.and(new)));
        self.when = together.or(self.when);
        together.is_some()
    }
}

/// Without the "and" before a detail that was taken away.
fn without_joint(phrase: Phrase<'_>) -> Phrase<'_> {
    let rest = phrase.trimmed();
    let joint = rest.len() > 1 && matches!(rest.last_word(), "and" | "&" | "but");
    if joint { rest.part(0..rest.len() - 1).trimmed() } else { rest }
}

/// Separates the description from the rest.
fn described(phrase: Phrase<'_>) -> (Phrase<'_>, Option<String>) {
    let found = (1..phrase.len())
        .find_map(|at| Some((at, at + DESCRIPTION.longest_start(phrase.from(at))?)));
    match found {
        Some((at, end)) if end < phrase.len() => {
            let text = phrase.from(end).trimmed().literal().to_owned();
            (phrase.part(0..at).trimmed(), Some(text))
        }
        _ => (phrase, None),
    }
}

/// "to my list", "on the shopping list".
fn names_list(phrase: Phrase<'_>) -> bool {
    let owned = matches!(phrase.word(1), "my" | "the" | "our");
    ON_LIST.has(phrase.word(0))
        && owned
        && (3..=5).contains(&phrase.len())
        && LISTS.has(phrase.last_word())
}
