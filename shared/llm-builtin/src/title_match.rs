//! Finds the task that a title refers to among those of a list.

use std::cmp::Reverse;

use crate::listed_task::ListedTask;
use crate::token::fold_case;
use crate::word_similarity::{content_words, is_similar_word, word_stem};

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

/// How many near misses are suggested.
const MAX_SUGGESTIONS: usize = 3;

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
