//! Which tasks a question is about: "my overdue tasks", "what's due this week", "tasks about milk".

use super::command::{Filter, Status};
use super::date::{self, Now};
use super::label;
use super::phrase::Phrase;
use super::priority;
use super::wordlist::Wordlist;

/// A filter as it was read.
#[derive(Debug, Default)]
pub(super) struct ParsedFilter {
    /// The conditions.
    pub(super) filter: Filter,
    /// The words that are neither a condition nor a filler.
    pub(super) unknown_words: Vec<String>,
    /// Whether it says "tasks" or another word for the list.
    pub(super) has_noun: bool,
    /// Whether it says "all", "everything" or a plural.
    pub(super) is_plural: bool,
    /// Whether it says "all" or "everything".
    pub(super) means_all: bool,
    /// Whether it sets a condition.
    pub(super) has_condition: bool,
    /// Whether it names tasks that belong to somebody else.
    pub(super) other_owner: bool,
}

/// Takes words at the start of the phrase into the reading; gives how many.
type ConditionReader = fn(Phrase<'_>, &Now, &mut ParsedFilter) -> Option<usize>;

/// Tried in this order at every word; what none takes is left over.
const CONDITION_READERS: &[ConditionReader] = &[
    read_other_owner,
    read_label,
    read_priority,
    read_overdue,
    read_window,
    read_status,
    read_limit,
    read_query,
    read_noun,
    read_filler,
];

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
const MAX_FILTER_WORDS: usize = 100;
/// The longest window, in words: "in the next three days".
const MAX_WINDOW_WORDS: usize = 8;

/// Reads the whole phrase; what it does not understand is left over.
pub(super) fn parse_filter(phrase: Phrase<'_>, now: &Now) -> ParsedFilter {
    let mut parsed = ParsedFilter::default();
    if phrase.len() > MAX_FILTER_WORDS {
        parsed.unknown_words.push(phrase.source_text().to_owned());
        return parsed;
    }
    let mut rest = phrase;
    while !rest.is_empty() {
        let taken = CONDITION_READERS.iter().find_map(|reader| reader(rest, now, &mut parsed));
        if taken.is_none() && !rest.is_mark(0) {
            parsed.unknown_words.push(rest.slice(0..1).unquoted_text().to_owned());
        }
        rest = rest.skip_tokens(taken.unwrap_or(1));
    }
    parsed
}

/// Reads the phrase as several tasks by what they have in common: "all completed tasks".
pub(super) fn parse_bulk_filter(phrase: Phrase<'_>, now: &Now) -> Option<Filter> {
    let parsed = parse_filter(phrase, now);
    let singular = parsed.has_condition && (parsed.has_noun || phrase.last_word() == "one");
    let known = parsed.unknown_words.is_empty() && !parsed.other_owner;
    (known && (parsed.is_plural || singular)).then_some(parsed.filter)
}

fn read_label(phrase: Phrase<'_>, _: &Now, parsed: &mut ParsedFilter) -> Option<usize> {
    let length = (1..=3.min(phrase.len())).find(|end| {
        label::parse_marked_labels(phrase.slice(0..*end)).is_some_and(|labels| labels.len() == 1)
    })?;
    parsed.filter.label = label::parse_marked_labels(phrase.slice(0..length))?.pop();
    parsed.has_condition = true;
    Some(length)
}

fn read_priority(phrase: Phrase<'_>, _: &Now, parsed: &mut ParsedFilter) -> Option<usize> {
    let level_of = |end: &usize| priority::parse_marked_priority(phrase.slice(0..*end)).flatten();
    let length = (1..=4.min(phrase.len())).rev().find(|end| level_of(end).is_some())?;
    parsed.filter.priority = level_of(&length);
    parsed.has_condition = true;
    Some(length)
}

fn read_overdue(phrase: Phrase<'_>, _: &Now, parsed: &mut ParsedFilter) -> Option<usize> {
    let taken = match (phrase.word_at(0), phrase.word_at(1)) {
        ("overdue" | "late", _) => 1,
        ("past", "due") => 2,
        _ => return None,
    };
    (parsed.filter.overdue, parsed.has_condition) = (true, true);
    Some(taken)
}

fn read_window(phrase: Phrase<'_>, now: &Now, parsed: &mut ParsedFilter) -> Option<usize> {
    // "due by friday": "by" has to come first, for it tells where the window ends.
    if phrase.word_at(0) == "due" {
        return None;
    }
    let longest = MAX_WINDOW_WORDS.min(phrase.len());
    let found = (1..=longest).rev().find_map(|end| {
        let named = phrase.slice(0..end);
        Some((end, named.source_text(), date::parse_window(named, now)?))
    });
    let (length, said, window) = found?;
    parsed.filter.window = Some(window);
    let said = said.to_lowercase();
    let said = said.strip_prefix("for ").or_else(|| said.strip_prefix("on ")).unwrap_or(&said);
    parsed.filter.window_text = said.trim_end_matches("'s").to_owned();
    parsed.has_condition = true;
    Some(length)
}

fn read_status(phrase: Phrase<'_>, _: &Now, parsed: &mut ParsedFilter) -> Option<usize> {
    let negated = usize::from(phrase.word_at(0) == "not");
    let negated = if phrase.word_at(1) == "yet" && negated == 1 { 2 } else { negated };
    let (_, named) = STATUSES.iter().find(|(word, _)| *word == phrase.word_at(negated))?;
    parsed.filter.status = Some(if negated > 0 { Status::Pending } else { *named });
    parsed.has_condition = true;
    Some(negated + 1)
}

/// "first 5", "top 3", "next 3" tasks.
fn read_limit(phrase: Phrase<'_>, _: &Now, parsed: &mut ParsedFilter) -> Option<usize> {
    if !matches!(phrase.word_at(0), "first" | "top" | "next") {
        return None;
    }
    parsed.filter.limit = Some(phrase.word_at(1).parse().ok().filter(|n| (1..=50).contains(n))?);
    Some(2)
}

/// "about milk"; in "what about tomorrow" it means nothing.
fn read_query(phrase: Phrase<'_>, now: &Now, parsed: &mut ParsedFilter) -> Option<usize> {
    if !ABOUT.contains(phrase.word_at(0)) {
        return None;
    }
    if date::parse_window(phrase.skip_tokens(1), now).is_some() {
        return Some(1);
    }
    let ends = |at: &usize| AFTER_ABOUT.contains(phrase.word_at(*at));
    let end = (1..phrase.len()).find(ends).unwrap_or(phrase.len());
    let topic = phrase.slice(1..end).trim_marks();
    let topic = if FILLERS.contains(topic.word_at(0)) { topic.skip_tokens(1) } else { topic };
    parsed.filter.query = Some(topic.unquoted_text().to_owned()).filter(|query| !query.is_empty());
    parsed.has_condition = true;
    Some(end)
}

/// "all", "tasks", "to do".
fn read_noun(phrase: Phrase<'_>, _: &Now, parsed: &mut ParsedFilter) -> Option<usize> {
    let word = phrase.word_at(0);
    if word == "to" && phrase.word_at(1) == "do" {
        parsed.has_noun = true;
        return Some(2);
    }
    let (plural, quantity) = (PLURALS.contains(word), QUANTITIES.contains(word));
    let known = plural || quantity || NOUNS.contains(word);
    parsed.has_noun |= known && !quantity;
    parsed.is_plural |= plural || quantity;
    parsed.means_all |= matches!(word, "all" | "everything");
    known.then_some(1)
}

fn read_filler(phrase: Phrase<'_>, _: &Now, _: &mut ParsedFilter) -> Option<usize> {
    FILLERS.contains(phrase.word_at(0)).then_some(1)
}

/// "tasks of alice", "bob's list", "for user bob", "everyone's": there is no such tool.
fn read_other_owner(phrase: Phrase<'_>, now: &Now, parsed: &mut ParsedFilter) -> Option<usize> {
    let (word, next) = (phrase.word_at(0), phrase.word_at(1));
    let is_date = |phrase: Phrase<'_>| date::parse_window(phrase, now).is_some();
    let names_list = |at: usize| is_noun(phrase.word_at(at));
    let found = PEOPLE.contains(word)
        || (ACCOUNTS.contains(next)
            && matches!(word, "of" | "for" | "from" | "by" | "as" | "other"))
        || (word.ends_with("'s")
            && !FILLERS.contains(word)
            && (names_list(1) || names_list(2))
            && !is_date(phrase.slice(0..1)))
        || (matches!(word, "of" | "owned" | "belonging")
            && parsed.has_noun
            && !matches!(next, "" | "my" | "mine" | "the" | "them" | "these" | "this")
            && !(1..phrase.len()).any(names_list)
            && priority::parse_marked_priority(phrase.slice(1..3)).is_none()
            && !is_date(phrase.skip_tokens(1)));
    parsed.other_owner |= found;
    found.then_some(phrase.len())
}

fn is_noun(word: &str) -> bool {
    NOUNS.contains(word) || PLURALS.contains(word)
}
