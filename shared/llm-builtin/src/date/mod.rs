//! Dates and times in English, counted from the user's own clock.
//!
//! What is decided where English leaves it open:
//! - a date without a time is due at 23:59 of that day; a time without a date is today, or tomorrow
//!   if it has passed;
//! - a weekday is the next one to come, never today; "next friday" is the one of next week; weeks
//!   start on Monday, and "end of the week" is Sunday;
//! - `5/12` is May 12, unless the first number can be no month; a date without a year is the next
//!   to come;
//! - hours 1 to 6 without am or pm are in the afternoon; morning is 9:00, noon 12:00, afternoon
//!   15:00, evening 18:00, night 20:00 and midnight 23:59 of the day named.

mod absolute_day;
mod clock;
mod day_part;
mod period;
mod relative_day;
#[cfg(test)]
mod tests;
mod vocabulary;
mod when;
mod window;

use chrono::DateTime;
use chrono_tz::Tz;

use super::phrase::Phrase;
pub(super) use vocabulary::is_ambiguous_weekday;
pub(super) use when::{When, end_of_day};
pub(super) use window::{Window, parse_window};

/// The time of the turn where the user is.
pub(super) type Now = DateTime<Tz>;

/// Reads a piece of a date at the start of the words; gives how many it took.
type DatePieceParser = fn(&[&str], &Now) -> Option<(usize, When)>;

/// Tried in this order at every word.
const PIECE_PARSERS: &[DatePieceParser] = &[
    period::parse_time_offset,
    period::parse_day_offset,
    period::parse_end_of,
    relative_day::parse_relative_day,
    relative_day::parse_weekday,
    relative_day::parse_week,
    absolute_day::parse_iso_date,
    absolute_day::parse_numeric_date,
    absolute_day::parse_month_day,
    absolute_day::parse_day_of_month,
    clock::parse_time,
    day_part::parse_day_part,
];
/// Words that only lead to a date.
const PREPOSITIONS: &[&str] =
    &["on", "at", "by", "due", "before", "for", "until", "till", "til", ","];

/// Reads the phrase as a date or time; `None` unless every word of it belongs to one.
pub(super) fn parse_when(phrase: Phrase<'_>, now: &Now) -> Option<When> {
    let words: Vec<&str> = phrase.words().map(vocabulary::strip_possessive).collect();
    let mut when = When::default();
    let mut rest = words.as_slice();
    while !rest.is_empty() {
        match PIECE_PARSERS.iter().find_map(|reader| reader(rest, now)) {
            Some((taken, piece)) => {
                when = when.combine(piece)?;
                rest = &rest[taken..];
            }
            None if rest.len() > 1 && PREPOSITIONS.contains(&rest[0]) => rest = &rest[1..],
            None => return None,
        }
    }
    let stands = when.day.is_some() || when.instant.is_some() || !when.bare;
    (stands && when != When::default()).then_some(when)
}

/// Reads the phrase as the moment when a task is due.
pub(super) fn parse_due_date(phrase: Phrase<'_>, now: &Now) -> Option<Now> {
    parse_when(phrase, now)?.resolve_moment(now)
}
