//! Parses dates and times in English, relative to the time in the user's zone.
//!
//! Defaults for ambiguous input:
//! - a date without a time is due at 23:59 of that day; a time without a date is today, or tomorrow
//!   if it has passed;
//! - a weekday is the next one after today; "next friday" is the one of next week; weeks start on
//!   Monday, and "end of the week" is Sunday;
//! - `5/12` is May 12 and `25/12` December 25; a date without a year is the next one from today on;
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

/// The time of the turn in the user's zone.
pub(super) type Now = DateTime<Tz>;

/// Parses a piece of a date at the start of the words; returns the count of words and the piece.
type DatePieceParser = fn(&[&str], &Now) -> Option<(usize, When)>;

/// Tried in this order at each word.
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

/// Words before a date without a meaning of their own.
const PREPOSITIONS: &[&str] =
    &["on", "at", "by", "due", "before", "for", "until", "till", "til", ","];

/// Parses a date or time; `None` unless it consists of the whole phrase.
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

/// Parses a due time.
pub(super) fn parse_due_date(phrase: Phrase<'_>, now: &Now) -> Option<Now> {
    parse_when(phrase, now)?.resolve_moment(now)
}
