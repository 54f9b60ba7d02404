//! Compares the words of titles: without stop words, endings and small spelling mistakes.

use crate::token::fold_case;
use crate::wordlist::Wordlist;

/// Words that do not distinguish titles.
const STOP_WORDS: Wordlist =
    Wordlist("the|a|an|my|our|to|of|for|with|at|on|in|and|that|this|s|about|some|from|by");

/// The words that are no stop words; all words if there are only stop words.
pub(super) fn content_words(text: &str) -> Vec<String> {
    let folded = fold_case(text);
    let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let content: Vec<String> =
        words.clone().filter(|word| !STOP_WORDS.contains(word)).map(str::to_owned).collect();
    if content.is_empty() { words.map(str::to_owned).collect() } else { content }
}

/// The word without an English ending, if at least three characters are left.
pub(super) fn word_stem(word: &str) -> &str {
    let endings = [("ing", 3), ("ed", 3), ("s", 3)];
    let cut = endings.iter().find_map(|(ending, shortest)| {
        let rest = word.strip_suffix(ending)?;
        (rest.chars().count() >= *shortest && !rest.ends_with('s')).then_some(rest)
    });
    cut.unwrap_or(word)
}

/// Whether the words have the same stem or, from four letters on, differ in one letter.
pub(super) fn is_similar_word(left: &str, right: &str) -> bool {
    let long = left.chars().count().min(right.chars().count()) >= 4;
    word_stem(left) == word_stem(right) || (long && one_letter_apart(left, right))
}

/// Whether one letter is inserted, missing, replaced, or swapped with its neighbour.
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
