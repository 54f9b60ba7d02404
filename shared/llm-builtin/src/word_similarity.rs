//! Compares the words of titles: without stop words, endings and small spelling mistakes.

use crate::token::fold_case;
use crate::wordlist::Wordlist;

/// Words that tell no task from another.
const STOP_WORDS: Wordlist =
    Wordlist("the|a|an|my|our|to|of|for|with|at|on|in|and|that|this|s|about|some|from|by");

/// The words that tell something; all words if none does.
pub(super) fn content_words(text: &str) -> Vec<String> {
    let folded = fold_case(text);
    let words = || folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let telling: Vec<String> =
        words().filter(|word| !STOP_WORDS.contains(word)).map(str::to_owned).collect();
    if telling.is_empty() { words().map(str::to_owned).collect() } else { telling }
}

/// The word without an English ending, where enough is left.
pub(super) fn word_stem(word: &str) -> &str {
    let endings = [("ing", 3), ("ed", 3), ("s", 3)];
    let cut = endings.iter().find_map(|(ending, least)| {
        let rest = word.strip_suffix(ending)?;
        (rest.chars().count() >= *least && !rest.ends_with('s')).then_some(rest)
    });
    cut.unwrap_or(word)
}

/// The same word, but for an ending or one letter.
pub(super) fn is_similar_word(left: &str, right: &str) -> bool {
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
