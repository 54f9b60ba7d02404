//! Counts of tasks, and the day that "today" means.

use chrono::{Duration, LocalResult, NaiveDate, TimeZone};
use chrono_tz::Tz;
use tandem_clock::Timestamp;
use tandem_error::Error;

use super::{Status, Task};

/// Number of tasks by status, without deleted ones.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub pending: i64,
    pub completed: i64,
}

impl Counts {
    /// The contribution of one task.
    #[must_use]
    pub fn for_task(task: &Task) -> Self {
        match (task.deleted, task.status) {
            (Some(_), _) => Self::default(),
            (None, Status::Pending) => Self { pending: 1, completed: 0 },
            (None, Status::Completed { .. }) => Self { pending: 0, completed: 1 },
        }
    }
}

impl std::ops::Sub for Counts {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self { pending: self.pending - other.pending, completed: self.completed - other.completed }
    }
}

/// A calendar day as a half-open interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// Inclusive start.
    pub start: Timestamp,
    /// Exclusive end: the start of the next day.
    pub end: Timestamp,
}

impl Day {
    /// The day that contains `now` in an IANA time zone; UTC if `zone` is empty.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an unknown zone.
    pub fn containing(now: Timestamp, zone: &str) -> Result<Self, Error> {
        let zone = if zone.is_empty() { Ok(Tz::UTC) } else { zone.parse::<Tz>() };
        let zone = zone.map_err(|_| {
            Error::invalid("time_zone", "is not an IANA time zone such as Europe/Berlin")
        })?;
        let today = now.to_datetime().with_timezone(&zone).date_naive();
        let tomorrow = today.succ_opt().unwrap_or(today);
        Ok(Self { start: start_of_day(zone, today), end: start_of_day(zone, tomorrow) })
    }
}

/// The start of a day. If the clocks skip midnight, it is an hour later.
fn start_of_day(zone: Tz, date: NaiveDate) -> Timestamp {
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
    fn days_follow_the_zone() {
        let day = Day::containing(time("2026-03-02T23:30:00Z"), "Europe/Berlin").expect("a zone");
        assert_eq!(day.start, time("2026-03-03T00:00:00+01:00"));
        assert_eq!(hours(day), 24);
    }

    #[test]
    fn days_follow_clock_changes() {
        let spring =
            Day::containing(time("2026-03-29T12:00:00Z"), "Europe/Berlin").expect("a zone");
        assert_eq!(hours(spring), 23);
        // In Beirut the clocks skip the hour after midnight.
        let beirut = Day::containing(time("2026-03-29T12:00:00Z"), "Asia/Beirut").expect("a zone");
        assert_eq!(beirut.start, time("2026-03-29T01:00:00+03:00"));
    }

    #[test]
    fn unknown_zones_are_named() {
        assert!(
            matches!(Day::containing(Timestamp::UNIX_EPOCH, "Mars/Olympus"), Err(Error::Invalid(faults)) if faults.len() == 1)
        );
    }
}
