//! A partial date or time, and its resolution to a moment.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone as _};

use super::Now;
use super::clock::{self, ClockTime};
use super::day_part::DayPart;

/// A date or time as given; missing parts are filled in by [`When::resolve_moment`].
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct When {
    pub(super) day: Option<NaiveDate>,
    pub(super) clock: Option<ClockTime>,
    pub(super) part: Option<DayPart>,
    pub(super) instant: Option<Now>,
    /// A part of the day without "in the" or "this"; valid only together with a day.
    pub(super) bare: bool,
}

impl When {
    pub(super) fn on_day(day: NaiveDate) -> Self {
        Self { day: Some(day), ..Self::default() }
    }

    /// Merges both; `None` if a part is set in both.
    pub(crate) fn combine(self, other: Self) -> Option<Self> {
        Some(Self {
            day: at_most_one(self.day, other.day)?,
            clock: at_most_one(self.clock, other.clock)?,
            part: at_most_one(self.part, other.part)?,
            instant: at_most_one(self.instant, other.instant)?,
            bare: self.bare || other.bare,
        })
    }

    /// The moment, with the defaults of the module for missing parts.
    pub(crate) fn resolve_moment(self, now: &Now) -> Option<Now> {
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

/// The due time of a day without a time: 23:59.
pub(crate) fn end_of_day() -> NaiveTime {
    NaiveTime::from_hms_opt(23, 59, 0).unwrap_or_default()
}

/// The moment of a local time in the user's zone; a time skipped by a clock change is an hour
/// later.
pub(super) fn local_moment(time: NaiveDateTime, now: &Now) -> Option<Now> {
    let zone = now.timezone();
    zone.from_local_datetime(&time)
        .earliest()
        .or_else(|| zone.from_local_datetime(&(time + TimeDelta::hours(1))).earliest())
}

fn at_most_one<T>(left: Option<T>, right: Option<T>) -> Option<Option<T>> {
    if left.is_some() && right.is_some() { None } else { Some(left.or(right)) }
}
