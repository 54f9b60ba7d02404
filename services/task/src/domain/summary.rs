//! Counting tasks.

use chrono::{Duration, LocalResult, NaiveDate, TimeZone};
use chrono_tz::Tz;
use tandem_clock::Timestamp;
use tandem_error::Error;

use super::{Status, Task};

/// How many tasks somebody has; deleted ones do not count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Still to be done.
    pub pending: i64,
    /// Done.
    pub completed: i64,
}

impl Counts {
    /// What one task counts.
    #[must_use]
    pub fn of(task: &Task) -> Self {
        match (task.deleted, task.status) {
            (Some(_), _) => Self::default(),
            (None, Status::Pending) => Self { pending: 1, completed: 0 },
            (None, Status::Completed) => Self { pending: 0, completed: 1 },
        }
    }
}

impl std::ops::Sub for Counts {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self { pending: self.pending - other.pending, completed: self.completed - other.completed }
    }
}

/// A day: from its first microsecond to that of the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// Its first microsecond.
    pub start: Timestamp,
    /// The first one of the next day.
    pub end: Timestamp,
}

impl Day {
    /// The day that `now` is part of in an IANA time zone; in UTC where it is empty.
    ///
    /// # Errors
    /// [`Error::Invalid`] where there is no such zone.
    pub fn of(now: Timestamp, zone: &str) -> Result<Self, Error> {
        let zone = if zone.is_empty() { Ok(Tz::UTC) } else { zone.parse::<Tz>() };
        let zone = zone.map_err(|_| {
            Error::invalid("time_zone", "is not an IANA time zone such as Europe/Berlin")
        })?;
        let today = now.to_datetime().with_timezone(&zone).date_naive();
        let tomorrow = today.succ_opt().unwrap_or(today);
        Ok(Self { start: midnight(zone, today), end: midnight(zone, tomorrow) })
    }
}

/// When a day begins. Where the clocks skip midnight, it begins an hour later.
fn midnight(zone: Tz, date: NaiveDate) -> Timestamp {
    let midnight = date.and_hms_opt(0, 0, 0).unwrap_or_default();
    match zone.from_local_datetime(&midnight) {
        LocalResult::Single(time) | LocalResult::Ambiguous(time, _) => time.into(),
        LocalResult::None => {
            let later = zone.from_local_datetime(&(midnight + Duration::hours(1)));
            later.earliest().map_or(Timestamp::UNIX_EPOCH, Timestamp::from)
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn time(text: &str) -> Timestamp {
        DateTime::parse_from_rfc3339(text).expect("a time").into()
    }

    fn hours(day: Day) -> u64 {
        day.end.saturating_duration_since(day.start).as_secs() / 3600
    }

    #[test]
    fn a_day_is_that_of_the_zone() {
        let day = Day::of(time("2026-03-02T23:30:00Z"), "Europe/Berlin").expect("a zone");
        assert_eq!(day.start, time("2026-03-03T00:00:00+01:00"));
        assert_eq!(hours(day), 24);
    }

    #[test]
    fn a_day_is_as_long_as_the_clocks_make_it() {
        let spring = Day::of(time("2026-03-29T12:00:00Z"), "Europe/Berlin").expect("a zone");
        assert_eq!(hours(spring), 23);
        // In Beirut the clocks skip the hour after midnight.
        let beirut = Day::of(time("2026-03-29T12:00:00Z"), "Asia/Beirut").expect("a zone");
        assert_eq!(beirut.start, time("2026-03-29T01:00:00+03:00"));
    }

    #[test]
    fn an_unknown_zone_is_named() {
        assert!(
            matches!(Day::of(Timestamp::UNIX_EPOCH, "Mars/Olympus"), Err(Error::Invalid(faults)) if faults.len() == 1)
        );
    }
}
