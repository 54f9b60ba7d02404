//! Which tasks a question is about: "my overdue tasks", "what's due this week", "tasks about milk".

use super::command::{Filter, Status};
use super::date::{self, Now};
use super::label;
use super::phrase::Phrase;
use super::priority;
use super::wordlist::Wordlist;

/// A filter as it was read.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// The conditions.
    pub(super) filter: Filter,
    /// The words that are neither a condition nor a filler.
    pub(super) leftover: Vec<String>,
    /// Whether it says "tasks" or another word for the list.
    pub(super) noun: bool,
    /// Whether it says "all", "everything" or a plural.
    pub(super) many: bool,
    /// Whether it says "all" or "everything".
    pub(super) everything: bool,
    /// Whether it sets a condition.
    pub(super) condition: bool,
    /// Whether it names tasks that belong to somebody else.
    pub(super) foreign: bool,
}

/// Takes words at the start of the phrase into the reading; gives how many.
type Reader = fn(Phrase<'_>, &Now, &mut Reading) -> Option<usize>;

/// Tried in this order at every word; what none takes is left over.
const READERS: &[Reader] =
    &[foreign, labels, priorities, overdue, window, status, limit, about, noun, filler];

/// The words for the statuses.
const STATUSES: &[(&str, Status)] = &[
    ("pending", Status::Pending),
    ("open", Status::Pending),
    ("outstanding", Status::Pending),
    ("unfinished", Status::Pending),
    ("incomplete", Status::Pending),
    ("remaining", Status::Pending),
    ("active", Status::Pending),
    ("completed", Status::Completed),
    ("complete", Status::Completed),
    ("done", Status::Completed),
    ("finished", Status::Completed),
    ("closed", Status::Completed),
];

/// One task, or the list as a whole.
const NOUNS: Wordlist = Wordlist("task|todo|to-do|item|reminder|agenda|plate|summary|overview");
/// Several tasks.
const PLURALS: Wordlist =
    Wordlist("tasks|todos|to-dos|items|reminders|things|stuff|everything|list|lists");
/// Words for many that do not say of what.
const QUANTITIES: Wordlist = Wordlist("all|every|each|ones|entire|whole");
/// Words of a question that tell nothing about the tasks.
const FILLERS: Wordlist = Wordlist(
    "my|the|that|which|what|what's|whats|is|are|i|i've|i'm|have|got|do|of|on|for|me|currently|\
     right|now|still|left|with|there|anything|any|a|an|be|must|need|should|has|to|in|am|was|\
     were|look|like|so|far|already|out|marked|as|up|one|we|and|due|our|:|,|been|does|how|many|\
     much|at|coming|did|from|not|yet|current|can|most|next|it's|that's|there's|here's|let's|\
     existing",
);
/// Words that lead to what a task is about.
const ABOUT: Wordlist =
    Wordlist("about|containing|mentioning|regarding|matching|concerning|involving");
/// Words that end what a task is "about".
const AFTER_ABOUT: Wordlist = Wordlist("due|tagged|labelled|labeled|that|with|which");
/// Everybody else.
const PEOPLE: Wordlist =
    Wordlist("everyone|everyone's|everybody|everybody's|someone|someone's|somebody's");
/// Words for a person in the system.
const ACCOUNTS: Wordlist = Wordlist("user|users|account|accounts");

/// The most words of a filter: a question is not longer.
const LONGEST: usize = 100;
/// The longest window, in words: "in the next three days".
const LONGEST_WINDOW: usize = 8;

/// Reads the whole phrase; what it does not understand is left over.
pub(super) fn read(phrase: Phrase<'_>, now: &Now) -> Reading {
    let mut reading = Reading::default();
    if phrase.len() > LONGEST {
        reading.leftover.push(phrase.text().to_owned());
        return reading;
    }
    let mut rest = phrase;
    while !rest.is_empty() {
        let taken = READERS.iter().find_map(|reader| reader(rest, now, &mut reading));
        if taken.is_none() && !rest.is_mark(0) {
            reading.leftover.push(rest.part(0..1).literal().to_owned());
        }
        rest = rest.from(taken.unwrap_or(1));
    }
    reading
}

/// Reads the phrase as several tasks by what they have in common: "all completed tasks".
pub(super) fn bulk(phrase: Phrase<'_>, now: &Now) -> Option<Filter> {
    let reading = read(phrase, now);
    let singular = reading.condition && (reading.noun || phrase.last_word() == "one");
    let known = reading.leftover.is_empty() && !reading.foreign;
    (known && (reading.many || singular)).then_some(reading.filter)
}

fn labels(phrase: Phrase<'_>, _: &Now, reading: &mut Reading) -> Option<usize> {
    let length = (1..=3.min(phrase.len())).find(|end| {
        label::mentioned(phrase.part(0..*end)).is_some_and(|labels| labels.len() == 1)
    })?;
    reading.filter.label = label::mentioned(phrase.part(0..length))?.pop();
    reading.condition = true;
    Some(length)
}

fn priorities(phrase: Phrase<'_>, _: &Now, reading: &mut Reading) -> Option<usize> {
    let read = |end: &usize| priority::mentioned(phrase.part(0..*end)).flatten();
    let length = (1..=4.min(phrase.len())).rev().find(|end| read(end).is_some())?;
    reading.filter.priority = read(&length);
    reading.condition = true;
    Some(length)
}

fn overdue(phrase: Phrase<'_>, _: &Now, reading: &mut Reading) -> Option<usize> {
    let taken = match (phrase.word(0), phrase.word(1)) {
        ("overdue" | "late", _) => 1,
        ("past", "due") => 2,
        _ => return None,
    };
    (reading.filter.overdue, reading.condition) = (true, true);
    Some(taken)
}

fn window(phrase: Phrase<'_>, now: &Now, reading: &mut Reading) -> Option<usize> {
    // "due by friday": "by" has to come first, for it tells where the window ends.
    if phrase.word(0) == "due" {
        return None;
    }
    let longest = LONGEST_WINDOW.min(phrase.len());
    let found = (1..=longest).rev().find_map(|end| {
        let named = phrase.part(0..end);
        Some((end, named.text(), date::window(named, now)?))
    });
    let (length, said, window) = found?;
    reading.filter.window = Some(window);
    let said = said.to_lowercase();
    let said = said.strip_prefix("for ").or_else(|| said.strip_prefix("on ")).unwrap_or(&said);
    reading.filter.window_said = said.trim_end_matches("'s").to_owned();
    reading.condition = true;
    Some(length)
}

fn status(phrase: Phrase<'_>, _: &Now, reading: &mut Reading) -> Option<usize> {
    let negated = usize::from(phrase.word(0) == "not");
    let negated = if phrase.word(1) == "yet" && negated == 1 { 2 } else { negated };
    let (_, named) = STATUSES.iter().find(|(word, _)| *word == phrase.word(negated))?;
    reading.filter.status = Some(if negated > 0 { Status::Pending } else { *named });
    reading.condition = true;
    Some(negated + 1)
}

/// "first 5", "top 3", "next 3" tasks.
fn limit(phrase: Phrase<'_>, _: &Now, reading: &mut Reading) -> Option<usize> {
    if !matches!(phrase.word(0), "first" | "top" | "next") {
        return None;
    }
    reading.filter.limit = Some(phrase.word(1).parse().ok().filter(|n| (1..=50).contains(n))?);
    Some(2)
}

/// "about milk"; in "what about tomorrow" it means nothing.
fn about(phrase: Phrase<'_>, now: &Now, reading: &mut Reading) -> Option<usize> {
    if !ABOUT.has(phrase.word(0)) {
        return None;
    }
    if date::window(phrase.from(1), now).is_some() {
        return Some(1);
    }
    let ends = |at: &usize| AFTER_ABOUT.has(phrase.word(*at));
    let end = (1..phrase.len()).find(ends).unwrap_or(phrase.len());
    let topic = phrase.part(1..end).trimmed();
    let topic = if FILLERS.has(topic.word(0)) { topic.from(1) } else { topic };
    reading.filter.query = Some(topic.literal().to_owned()).filter(|query| !query.is_empty());
    reading.condition = true;
    Some(end)
}

/// "all", "tasks", "to do".
fn noun(phrase: Phrase<'_>, _: &Now, reading: &mut Reading) -> Option<usize> {
    let word = phrase.word(0);
    if word == "to" && phrase.word(1) == "do" {
        reading.noun = true;
        return Some(2);
    }
    let (plural, quantity) = (PLURALS.has(word), QUANTITIES.has(word));
    let known = plural || quantity || NOUNS.has(word);
    reading.noun |= known && !quantity;
    reading.many |= plural || quantity;
    reading.everything |= matches!(word, "all" | "everything");
    known.then_some(1)
}

fn filler(phrase: Phrase<'_>, _: &Now, _: &mut Reading) -> Option<usize> {
    FILLERS.has(phrase.word(0)).then_some(1)
}

/// "tasks of alice", "bob's list", "for user bob", "everyone's": there is no such tool.
fn foreign(phrase: Phrase<'_>, now: &Now, reading: &mut Reading) -> Option<usize> {
    let (word, next) = (phrase.word(0), phrase.word(1));
    let is_date = |phrase: Phrase<'_>| date::window(phrase, now).is_some();
    let names_list = |at: usize| is_noun(phrase.word(at));
    let found = PEOPLE.has(word)
        || (ACCOUNTS.has(next) && matches!(word, "of" | "for" | "from" | "by" | "as" | "other"))
        || (word.ends_with("'s")
            && !FILLERS.has(word)
            && (names_list(1) || names_list(2))
            && !is_date(phrase.part(0..1)))
        || (matches!(word, "of" | "owned" | "belonging")
            && reading.noun
            && !matches!(next, "" | "my" | "mine" | "the" | "them" | "these" | "this")
            && !(1..phrase.len()).any(names_list)
            && priority::mentioned(phrase.part(1..3)).is_none()
            && !is_date(phrase.from(1)));
    reading.foreign |= found;
    found.then_some(phrase.len())
}

fn is_noun(word: &str) -> bool {
    NOUNS.has(word) || PLURALS.has(word)
}
