//! Parses numbers, weekdays and months.

use chrono::{Month, Weekday};

/// Numbers in words.
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

/// Parses a count in digits or words.
pub(super) fn parse_count(word: &str) -> Option<u32> {
    parse_digits(word).or_else(|| NUMBERS.iter().find(|(name, _)| *name == word).map(|(_, n)| *n))
}

/// Parses up to four ASCII digits.
pub(super) fn parse_digits(word: &str) -> Option<u32> {
    let plain = (1..=4).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit());
    if plain { word.parse().ok() } else { None }
}

/// Parses "5th" and "1st".
pub(super) fn parse_ordinal(word: &str) -> Option<u32> {
    ["st", "nd", "rd", "th"].iter().find_map(|ending| parse_digits(word.strip_suffix(ending)?))
}

/// The weekday of a name or a common abbreviation.
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

/// The month of a name or a common abbreviation.
pub(super) fn find_month(word: &str) -> Option<Month> {
    const SHORT: &[&str] =
        &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    if word == "sept" {
        Some(Month::September)
    } else {
        parse_name(word, |word| word.parse().ok(), SHORT)
    }
}

/// Parses a name that starts with a known abbreviation.
fn parse_name<T>(word: &str, parse: fn(&str) -> Option<T>, short: &[&str]) -> Option<T> {
    let known = short.iter().any(|name| word.starts_with(name));
    if known { parse(word) } else { None }
}

/// Whether an abbreviation is also a word ("sat", "sun"): a date only after a preposition.
pub(crate) fn is_ambiguous_weekday(word: &str) -> bool {
    ["sat", "sun", "mon", "wed"].contains(&word)
}

/// Strips the possessive ending of "today's".
pub(super) fn strip_possessive(word: &str) -> &str {
    word.strip_suffix("'s").unwrap_or(word)
}
