//! Offsets from now ("in 3 days", "in an hour") and ends of periods ("end of the week").

use chrono::{Days, Months, NaiveDate, TimeDelta, Weekday};

use super::relative_day::{count_days, day_in_week, last_of_month};
use super::vocabulary::parse_count;
use super::{Now, When};

/// An offset in hours or minutes: "in 2 hours".
pub(super) fn parse_time_offset(words: &[&str], now: &Now) -> Option<(usize, When)> {
    let (taken, count, unit) = parse_offset(words)?;
    let minutes = match (count, unit) {
        ("half", "hour") => 30,
        (_, "hour" | "hours" | "hr" | "hrs") => i64::from(parse_count(count)?) * 60,
        (_, "minute" | "minutes" | "min" | "mins") => i64::from(parse_count(count)?),
        _ => return None,
    };
    let instant = now.checked_add_signed(TimeDelta::try_minutes(minutes)?)?;
    Some((taken, When { instant: Some(instant), ..When::default() }))
}

/// An offset in days, weeks or months: "in 3 days".
pub(super) fn parse_day_offset(words: &[&str], now: &Now) -> Option<(usize, When)> {
    let (taken, count, unit) = parse_offset(words)?;
    let today = now.date_naive();
    let day = match unit {
        "month" | "months" => today.checked_add_months(Months::new(parse_count(count)?)),
        _ => today.checked_add_days(Days::new(count_days(count, unit)?)),
    };
    Some((taken, When::on_day(day?)))
}

/// The last day of a period: "end of the week", "eod", "end of next month".
pub(super) fn parse_end_of(words: &[&str], now: &Now) -> Option<(usize, When)> {
    let today = now.date_naive();
    let (start, rest) = match words {
        ["the", "end", "of", rest @ ..] => (3, rest),
        ["end", "of", rest @ ..] => (2, rest),
        ["eod", ..] => return Some((1, When::on_day(today))),
        ["eow", ..] => return Some((1, When::on_day(end_of_unit("week", today, 0)?))),
        ["eom", ..] => return Some((1, When::on_day(end_of_unit("month", today, 0)?))),
        _ => return None,
    };
    let (taken, day) = match rest {
        ["the" | "this", unit, ..] => (2, end_of_unit(unit, today, 0)?),
        ["next", unit, ..] => (2, end_of_unit(unit, today, 1)?),
        ["tomorrow", ..] => (1, today.succ_opt()?),
        [unit, ..] => (1, end_of_unit(unit, today, 0)?),
        [] => return None,
    };
    Some((start + taken, When::on_day(day)))
}

fn end_of_unit(unit: &str, today: NaiveDate, ahead: u32) -> Option<NaiveDate> {
    match unit {
        "day" | "today" | "business" => Some(today),
        "week" => day_in_week(today, i64::from(ahead), Weekday::Sun),
        "month" => last_of_month(today, ahead),
        _ => None,
    }
}

/// "in 3 days", "within 3 days", "3 days from now": the number of words, the count and the unit.
fn parse_offset<'a>(words: &[&'a str]) -> Option<(usize, &'a str, &'a str)> {
    match words {
        ["in" | "within", "half", "an", "hour", ..] => Some((4, "half", "hour")),
        ["in" | "within", "a", "couple", "of", unit, ..] => Some((5, "two", unit)),
        ["in" | "within", "the", "next", count, unit, ..] => Some((5, count, unit)),
        ["in" | "within", count, unit, ..] => Some((3, count, unit)),
        [count, unit, "from", "now" | "today", ..] => Some((4, count, unit)),
        _ => None,
    }
}
