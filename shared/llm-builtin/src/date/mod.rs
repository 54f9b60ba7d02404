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

mod calendar;
mod clock;
mod period;
#[cfg(test)]
mod tests;
mod vocabulary;
mod window;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone as _};
use chrono_tz::Tz;

use super::phrase::Phrase;
use clock::{ClockTime, DayPart};
pub(super) use vocabulary::is_ambiguous_weekday;
pub(super) use window::{Window, parse_window};

/// The time of the turn where the user is.
pub(super) type Now = DateTime<Tz>;

/// When something is to happen, as far as it was said.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct When {
    day: Option<NaiveDate>,
    clock: Option<ClockTime>,
    part: Option<DayPart>,
    instant: Option<Now>,
    /// A part of the day without "in the" or "this": a time only next to a day.
    bare: bool,
}

/// Reads a piece of a date at the start of the words; gives how many it took.
type DatePieceParser = fn(&[&str], &Now) -> Option<(usize, When)>;

/// Tried in this order at every word.
const PIECE_PARSERS: &[DatePieceParser] = &[
    period::parse_time_offset,
    period::parse_day_offset,
    period::parse_end_of,
    calendar::parse_relative_day,
    calendar::parse_weekday,
    calendar::parse_week,
    calendar::parse_iso_date,
    calendar::parse_numeric_date,
    calendar::parse_month_day,
    calendar::parse_day_of_month,
    clock::parse_time,
    clock::parse_day_part,
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

impl When {
    fn on_day(day: NaiveDate) -> Self {
        Self { day: Some(day), ..Self::default() }
    }

    /// Both together; `None` where they say the same thing twice.
    pub(super) fn combine(self, other: Self) -> Option<Self> {
        Some(Self {
            day: at_most_one(self.day, other.day)?,
            clock: at_most_one(self.clock, other.clock)?,
            part: at_most_one(self.part, other.part)?,
            instant: at_most_one(self.instant, other.instant)?,
            bare: self.bare || other.bare,
        })
    }

    /// The moment that is meant.
    pub(super) fn resolve_moment(self, now: &Now) -> Option<Now> {
        if self.instant.is_some() {
            return self.instant;
        }
        match (self.day, clock::resolve_time(self.clock, self.part)) {
            (Some(day), time) => local_moment(day.and_time(time.unwrap_or_else(end_of_day)), now),
            (None, Some(time)) => {
                let today = local_moment(now.date_naive().and_time(time), now)?;
                if today > *now {
                    return Some(today);
                }
                local_moment(now.date_naive().succ_opt()?.and_time(time), now)
            }
            (None, None) => None,
        }
    }
}

/// The time at which a day without a time is due.
pub(super) fn end_of_day() -> NaiveTime {
    NaiveTime::from_hms_opt(23, 59, 0).unwrap_or_default()
}

/// The moment at which the clocks of the user show this; where they skip it, an hour later.
fn local_moment(time: NaiveDateTime, now: &Now) -> Option<Now> {
    let zone = now.timezone();
    zone.from_local_datetime(&time)
        .earliest()
        .or_else(|| zone.from_local_datetime(&(time + TimeDelta::hours(1))).earliest())
}

fn at_most_one<T>(left: Option<T>, right: Option<T>) -> Option<Option<T>> {
    if left.is_some() && right.is_some() { None } else { Some(left.or(right)) }
}
