//! Finds the task that a title means among those of a list.

use std::cmp::Reverse;

use serde_json::Value;

use super::token::fold_case;
use super::wordlist::Wordlist;

/// A task as `list_tasks` gives it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ListedTask {
    /// What people call it by.
    pub(super) number: u64,
    pub(super) title: String,
    pub(super) description: Option<String>,
    /// Otherwise it is pending.
    pub(super) completed: bool,
    /// RFC 3339.
    pub(super) due_time: Option<String>,
    pub(super) priority: Option<String>,
    pub(super) labels: Vec<String>,
}

/// What a title can mean.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum TitleMatch {
    One(ListedTask),
    /// Several that fit equally well.
    Several(Vec<ListedTask>),
    None,
}

/// How well a task fits, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum MatchQuality {
    /// The title is what was said.
    Exact,
    /// It has every word.
    Words,
    /// Its words start with every word.
    Prefixes,
    /// Its words have the same stems.
    Stems,
    /// Only its description fits.
    Description,
}

/// Words that tell no task from another.
const STOP_WORDS: Wordlist =
    Wordlist("the|a|an|my|our|to|of|for|with|at|on|in|and|that|this|s|about|some|from|by");
/// How many near misses are suggested.
const MAX_SUGGESTIONS: usize = 3;

/// The tasks of a `list_tasks` answer.
pub(super) fn parse_task_list(answer: &Value) -> Vec<ListedTask> {
    let tasks = answer["tasks"].as_array().map(Vec::as_slice).unwrap_or_default();
    tasks.iter().filter_map(parse_task).collect()
}

/// One task as the tools give it.
pub(super) fn parse_task(value: &Value) -> Option<ListedTask> {
    let text =
        |field: &str| value[field].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let labels = value["labels"].as_array().map(Vec::as_slice).unwrap_or_default();
    Some(ListedTask {
        number: value["number"].as_u64()?,
        title: text("title").unwrap_or_default(),
        description: text("description"),
        completed: value["status"] == "completed",
        due_time: text("due_time"),
        priority: text("priority"),
        labels: labels.iter().filter_map(|label| Some(label.as_str()?.to_owned())).collect(),
    })
}

/// The query that finds a title: every word that tells something, without its ending, because the
/// tool matches beginnings. `None` if the title has no word.
pub(super) fn title_query(title: &str) -> Option<String> {
    let stems: Vec<String> =
        content_words(title).iter().map(|word| word_stem(word).to_owned()).collect();
    (!stems.is_empty()).then(|| stems.join(" "))
}

/// The task that the title means.
pub(super) fn match_title(tasks: Vec<ListedTask>, title: &str) -> TitleMatch {
    let fits: Vec<(MatchQuality, ListedTask)> =
        tasks.into_iter().filter_map(|task| Some((match_quality(&task, title)?, task))).collect();
    let best = fits.iter().map(|(fit, _)| *fit).min();
    let mut tasks: Vec<ListedTask> =
        fits.into_iter().filter(|(fit, _)| Some(*fit) == best).map(|(_, task)| task).collect();
    match tasks.len() {
        0 => TitleMatch::None,
        1 => tasks.pop().map_or(TitleMatch::None, TitleMatch::One),
        _ => TitleMatch::Several(tasks),
    }
}

/// The tasks that come near to a title that means none: one word in common, or one letter apart.
pub(super) fn similar_tasks(tasks: Vec<ListedTask>, title: &str) -> Vec<ListedTask> {
    let wanted = content_words(title);
    let common = |task: &ListedTask| {
        let words = content_words(&task.title);
        wanted
            .iter()
            .filter(|wanted| words.iter().any(|word| is_similar_word(word, wanted)))
            .count()
    };
    let mut scored: Vec<(usize, ListedTask)> = tasks
        .into_iter()
        .map(|task| (common(&task), task))
        .filter(|(score, _)| *score > 0)
        .collect();
    scored.sort_by_key(|(score, _)| Reverse(*score));
    scored.into_iter().take(MAX_SUGGESTIONS).map(|(_, task)| task).collect()
}

/// The only one of the numbered texts in which every word of the title begins a word.
pub(super) fn find_only_match<'a>(
    texts: impl Iterator<Item = (u64, &'a str)>,
    title: &str,
) -> Option<u64> {
    let wanted = content_words(title);
    let fits = |text: &str| {
        let words = content_words(text);
        wanted.iter().all(|wanted| words.iter().any(|word| word.starts_with(word_stem(wanted))))
    };
    let mut fitting = texts.filter(|(_, text)| fits(text)).map(|(number, _)| number);
    let first = fitting.next()?;
    if fitting.next().is_none() && !wanted.is_empty() { Some(first) } else { None }
}

fn match_quality(task: &ListedTask, title: &str) -> Option<MatchQuality> {
    let (said, called) = (fold_case(title), fold_case(&task.title));
    let (wanted, words) = (content_words(title), content_words(&task.title));
    if said.trim() == called.trim() || (!wanted.is_empty() && wanted == words) {
        return Some(MatchQuality::Exact);
    }
    if wanted.is_empty() {
        return called.contains(said.trim()).then_some(MatchQuality::Words);
    }
    let all = |test: fn(&str, &str) -> bool| {
        wanted.iter().all(|wanted| words.iter().any(|word| test(word, wanted)))
    };
    let described = task.description.as_deref().map(content_words).unwrap_or_default();
    let in_any = |wanted: &String| {
        words.iter().chain(&described).any(|word| word.starts_with(word_stem(wanted)))
    };
    if all(|word, wanted| word == wanted) {
        Some(MatchQuality::Words)
    } else if all(|word, wanted| word.starts_with(wanted)) {
        Some(MatchQuality::Prefixes)
    } else if all(|word, wanted| word.starts_with(word_stem(wanted))) {
        Some(MatchQuality::Stems)
    } else {
        wanted.iter().all(in_any).then_some(MatchQuality::Description)
    }
}

/// The words that tell something; all words if none does.
fn content_words(text: &str) -> Vec<String> {
    let folded = fold_case(text);
    let words = || folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let telling: Vec<String> =
        words().filter(|word| !STOP_WORDS.contains(word)).map(str::to_owned).collect();
    if telling.is_empty() { words().map(str::to_owned).collect() } else { telling }
}

/// The word without an English ending, where enough is left.
fn word_stem(word: &str) -> &str {
    let endings = [("ing", 3), ("ed", 3), ("s", 3)];
    let cut = endings.iter().find_map(|(ending, least)| {
        let rest = word.strip_suffix(ending)?;
        (rest.chars().count() >= *least && !rest.ends_with('s')).then_some(rest)
    });
    cut.unwrap_or(word)
}

/// The same word, but for an ending or one letter.
fn is_similar_word(left: &str, right: &str) -> bool {
    let long = left.chars().count().min(right.chars().count()) >= 4;
    word_stem(left) == word_stem(right) || (long && one_letter_apart(left, right))
}

fn one_letter_apart(left: &str, right: &str) -> bool {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let (short, long) = if left.len() <= right.len() { (&left, &right) } else { (&right, &left) };
    let same = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    let (short, long) = (&short[same..], &long[same..]);
    let swapped = short.len() >= 2
        && short.len() == long.len()
        && (short[0], short[1]) == (long[1], long[0])
        && short[2..] == long[2..];
    match long.len() - short.len() {
        0 => swapped || short.get(1..) == long.get(1..),
        1 => *short == long[1..],
        _ => false,
    }
}
