//! Finds the task that a title refers to among those of a list.

use std::cmp::Reverse;

use crate::listed_task::ListedTask;
use crate::token::fold_case;
use crate::word_similarity::{content_words, is_similar_word, word_stem};

/// The outcome of a title lookup.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum TitleMatch {
    One(ListedTask),
    /// Several that match equally well.
    Several(Vec<ListedTask>),
    None,
}

/// How well a task matches a title, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum MatchQuality {
    /// The title is equal, apart from case and stop words.
    Exact,
    /// The title contains every word.
    Words,
    /// Every word is the start of a title word.
    Prefixes,
    /// Every stem is the start of a title word.
    Stems,
    /// Title and description together contain every stem.
    Description,
}

/// The most suggestions for a title without a match.
const MAX_SUGGESTIONS: usize = 3;

/// The `list_tasks` query for a title: the stems of its content words, because the tool matches
/// prefixes. `None` if the title has no word.
pub(super) fn title_query(title: &str) -> Option<String> {
    let stems: Vec<String> =
        content_words(title).iter().map(|word| word_stem(word).to_owned()).collect();
    (!stems.is_empty()).then(|| stems.join(" "))
}

/// The tasks with the best match.
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

/// Suggestions for a title without a match: tasks with most similar words first.
pub(super) fn similar_tasks(tasks: Vec<ListedTask>, title: &str) -> Vec<ListedTask> {
    let wanted = content_words(title);
    let mut scored: Vec<(usize, ListedTask)> = tasks
        .into_iter()
        .map(|task| (count_similar_words(&task.title, &wanted), task))
        .filter(|(score, _)| *score > 0)
        .collect();
    scored.sort_by_key(|(score, _)| Reverse(*score));
    scored.into_iter().take(MAX_SUGGESTIONS).map(|(_, task)| task).collect()
}

/// The number of the only text that contains every stem of the title.
pub(super) fn find_only_match<'a>(
    texts: impl Iterator<Item = (u64, &'a str)>,
    title: &str,
) -> Option<u64> {
    let wanted = content_words(title);
    let mut matches = texts
        .filter(|(_, text)| every_word_matches(&wanted, &content_words(text), starts_with_stem))
        .map(|(number, _)| number);
    let first = matches.next()?;
    if matches.next().is_none() && !wanted.is_empty() { Some(first) } else { None }
}

fn match_quality(task: &ListedTask, title: &str) -> Option<MatchQuality> {
    let (folded, task_title) = (fold_case(title), fold_case(&task.title));
    let (wanted, mut words) = (content_words(title), content_words(&task.title));
    if folded.trim() == task_title.trim() || (!wanted.is_empty() && wanted == words) {
        return Some(MatchQuality::Exact);
    }
    if wanted.is_empty() {
        return task_title.contains(folded.trim()).then_some(MatchQuality::Words);
    }
    if every_word_matches(&wanted, &words, |word, wanted| word == wanted) {
        Some(MatchQuality::Words)
    } else if every_word_matches(&wanted, &words, |word, wanted| word.starts_with(wanted)) {
        Some(MatchQuality::Prefixes)
    } else if every_word_matches(&wanted, &words, starts_with_stem) {
        Some(MatchQuality::Stems)
    } else {
        words.extend(task.description.as_deref().map(content_words).unwrap_or_default());
        let matches = every_word_matches(&wanted, &words, starts_with_stem);
        matches.then_some(MatchQuality::Description)
    }
}

fn every_word_matches(wanted: &[String], words: &[String], test: fn(&str, &str) -> bool) -> bool {
    wanted.iter().all(|wanted| words.iter().any(|word| test(word, wanted)))
}

fn starts_with_stem(word: &str, wanted: &str) -> bool {
    word.starts_with(word_stem(wanted))
}

fn count_similar_words(title: &str, wanted: &[String]) -> usize {
    let words = content_words(title);
    wanted.iter().filter(|wanted| words.iter().any(|word| is_similar_word(word, wanted))).count()
}
