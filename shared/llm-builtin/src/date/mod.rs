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
use clock::{Clock, Part};
pub(super) use vocabulary::is_weak;
pub(super) use window::{Window, window};

/// The time of the turn where the user is.
pub(super) type Now = DateTime<Tz>;

/// When something is to happen, as far as it was said.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct When {
    day: Option<NaiveDate>,
    clock: Option<Clock>,
    part: Option<Part>,
    instant: Option<Now>,
    /// A part of the day without "in the" or "this": a time only next to a day.
    bare: bool,
}

/// Reads a piece of a date at the start of the words; gives how many it took.
type Reader = fn(&[&str], &Now) -> Option<(usize, When)>;

/// Tried in this order at every word.
const READERS: &[Reader] = &[
    period::instant,
    period::ahead,
    period::end_of,
    calendar::named,
    calendar::weekday,
    calendar::week,
    calendar::iso,
    calendar::numeric,
    calendar::month_day,
    calendar::day_of_month,
    clock::time,
    clock::part,
];

/// Words that only lead to a date.
const PREPOSITIONS: &[&str] =
    &["on", "at", "by", "due", "before", "for", "until", "till", "til", ","];

/// Reads the phrase as a date or time; `None` unless every word of it belongs to one.
pub(super) fn read(phrase: Phrase<'_>, now: &Now) -> Option<When> {
    let words: Vec<&str> = phrase.words().map(vocabulary::without_possessive).collect();
    let mut when = When::default();
    let mut rest = words.as_slice();
    while !rest.is_empty() {
        match READERS.iter().find_map(|reader| reader(rest, now)) {
            Some((taken, piece)) => {
                when = when.and(piece)?;
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
pub(super) fn due(phrase: Phrase<'_>, now: &Now) -> Option<Now> {
    read(phrase, now)?.resolve(now)
}

impl When {
    fn on(day: NaiveDate) -> Self {
        Self { day: Some(day), ..Self::default() }
    }

    /// Both together; `None` where they say the same thing twice.
    pub(super) fn and(self, other: Self) -> Option<Self> {
        Some(Self {
            day: one(self.day, other.day)?,
            clock: one(self.clock, other.clock)?,
            part: one(self.part, other.part)?,
            instant: one(self.instant, other.instant)?,
            bare: self.bare || other.bare,
        })
    }

    /// The moment that is meant.
    pub(super) fn resolve(self, now: &Now) -> Option<Now> {
        if self.instant.is_some() {
            return self.instant;
        }
        match (self.day, clock::resolve(self.clock, self.part)) {
            (Some(day), time) => local(day.and_time(time.unwrap_or_else(last_minute)), now),
            (None, Some(time)) => {
                let today = local(now.date_naive().and_time(time), now)?;
                if today > *now {
                    return Some(today);
                }
                local(now.date_naive().succ_opt()?.and_time(time), now)
            }
            (None, None) => None,
        }
    }
}

/// The time at which a day without a time is due.
pub(super) fn last_minute() -> NaiveTime {
    NaiveTime::from_hms_opt(23, 59, 0).unwrap_or_default()
}

/// The moment at which the clocks of the user show this; where they skip it, an hour later.
fn local(time: NaiveDateTime, now: &Now) -> Option<Now> {
    let zone = now.timezone();
    zone.from_local_datetime(&time)
        .earliest()
        .or_else(|| zone.from_local_datetime(&(time + TimeDelta::hours(1))).earliest())
}

fn one<T>(left: Option<T>, right: Option<T>) -> Option<Option<T>> {
    if left.is_some() && right.is_some() { None } else { Some(left.or(right)) }
}
