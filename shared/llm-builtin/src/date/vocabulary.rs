//! The words for numbers, weekdays and months.

use chrono::{Month, Weekday};

/// Counts in words.
const NUMBERS: &[(&str, u32)] = &[
    ("a", 1),
    ("an", 1),
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
];

/// A count: digits or a word.
pub(super) fn parse_count(word: &str) -> Option<u32> {
    parse_digits(word).or_else(|| NUMBERS.iter().find(|(name, _)| *name == word).map(|(_, n)| *n))
}

/// A number of at most four ASCII digits.
pub(super) fn parse_digits(word: &str) -> Option<u32> {
    let plain = (1..=4).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit());
    if plain { word.parse().ok() } else { None }
}

/// "5th", "1st".
pub(super) fn parse_ordinal(word: &str) -> Option<u32> {
    ["st", "nd", "rd", "th"].iter().find_map(|ending| parse_digits(word.strip_suffix(ending)?))
}

/// A weekday by its name or one of its short forms.
pub(super) fn find_weekday(word: &str) -> Option<Weekday> {
    match word {
        "tues" | "thur" | "thurs" | "weds" => word[..3].parse().ok(),
        _ => parse_name(
            word,
            |word| word.parse().ok(),
            &["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
        ),
    }
}

/// A month by its name or one of its short forms.
pub(super) fn find_month(word: &str) -> Option<Month> {
    const SHORT: &[&str] =
        &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    if word == "sept" {
        Some(Month::September)
    } else {
        parse_name(word, |word| word.parse().ok(), SHORT)
    }
}

/// Chrono also reads names in part ("mond"), which are no words: takes the short or the full name.
fn parse_name<T>(word: &str, parse: fn(&str) -> Option<T>, short: &[&str]) -> Option<T> {
    let known = short.iter().any(|name| word.starts_with(name));
    if known { parse(word) } else { None }
}

/// Weekdays that are also everyday words ("sat", "sun"): dates only after a preposition.
pub(crate) fn is_ambiguous_weekday(word: &str) -> bool {
    ["sat", "sun", "mon", "wed"].contains(&word)
}

/// "today's" as "today".
pub(super) fn strip_possessive(word: &str) -> &str {
    word.strip_suffix("'s").unwrap_or(word)
}
