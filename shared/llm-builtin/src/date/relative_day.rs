//! Days relative to today: "tomorrow", "friday", "next week", "this weekend".

use chrono::{Datelike as _, Days, Months, NaiveDate, Weekday};

use super::vocabulary::{find_weekday, parse_count};
use super::{Now, When};

/// "today", "tomorrow", "the day after tomorrow" and "yesterday".
pub(super) fn parse_relative_day(words: &[&str], now: &Now) -> Option<(usize, When)> {
    let today = now.date_naive();
    let (taken, day) = match words {
        ["the", "day", "after", "tomorrow", ..] => (4, today.checked_add_days(Days::new(2))),
        ["day", "after", "tomorrow", ..] => (3, today.checked_add_days(Days::new(2))),
        ["today", ..] => (1, Some(today)),
        ["tomorrow" | "tommorow" | "tommorrow" | "tomorow" | "tmrw" | "tmr", ..] => {
            (1, today.succ_opt())
        }
        ["yesterday", ..] => (1, today.pred_opt()),
        _ => return None,
    };
    Some((taken, When::on_day(day?)))
}

/// A weekday: "friday", "this friday", "next friday", "friday next week", "next week on friday".
pub(super) fn parse_weekday(words: &[&str], now: &Now) -> Option<(usize, When)> {
    let today = now.date_naive();
    let (taken, date) = match words {
        ["next", "week", "on", ..] => (4, day_in_week(today, 1, weekday_at(words, 3)?)),
        ["next", "week", ..] => (3, day_in_week(today, 1, weekday_at(words, 2)?)),
        ["next", ..] => (2, day_in_week(today, 1, weekday_at(words, 1)?)),
        ["last", ..] => (2, day_in_week(today, -1, weekday_at(words, 1)?)),
        ["this", ..] => (2, next_weekday(today, weekday_at(words, 1)?, 0)),
        ["coming", ..] => (2, next_weekday(today, weekday_at(words, 1)?, 1)),
        [_, "next", "week", ..] => (3, day_in_week(today, 1, weekday_at(words, 0)?)),
        [_, "this", "week", ..] => (3, day_in_week(today, 0, weekday_at(words, 0)?)),
        _ => (1, next_weekday(today, weekday_at(words, 0)?, 1)),
    };
    Some((taken, When::on_day(date?)))
}

fn weekday_at(words: &[&str], index: usize) -> Option<Weekday> {
    find_weekday(words.get(index)?)
}

/// Weeks and months as days: "next week" is its Monday, "this week" its Sunday, "the weekend" its
/// Saturday, "next month" its first day.
pub(super) fn parse_week(words: &[&str], now: &Now) -> Option<(usize, When)> {
    let today = now.date_naive();
    let (taken, day) = match words {
        ["next", "weekend", ..] => (2, day_in_week(today, 1, Weekday::Sat)),
        ["this" | "the", "weekend", ..] => (2, day_in_week(today, 0, Weekday::Sat)),
        ["next", "week", ..] => (2, day_in_week(today, 1, Weekday::Mon)),
        ["this", "week", ..] => (2, day_in_week(today, 0, Weekday::Sun)),
        ["next", "month", ..] => (2, today.with_day(1)?.checked_add_months(Months::new(1))),
        ["this", "month", ..] => (2, last_of_month(today, 0)),
        _ => return None,
    };
    Some((taken, When::on_day(day?)))
}

/// The weekday in the week that is `weeks` after the current one.
pub(super) fn day_in_week(today: NaiveDate, weeks: i64, day: Weekday) -> Option<NaiveDate> {
    let offset = i64::from(day.num_days_from_monday())
        - i64::from(today.weekday().num_days_from_monday())
        + weeks * 7;
    today.checked_add_signed(chrono::TimeDelta::try_days(offset)?)
}

/// The last day of the month that is `months` after the current one.
pub(super) fn last_of_month(today: NaiveDate, months: u32) -> Option<NaiveDate> {
    today.with_day(1)?.checked_add_months(Months::new(months + 1))?.pred_opt()
}

/// The next such weekday, at least `soonest` days after today.
fn next_weekday(today: NaiveDate, day: Weekday, soonest: u64) -> Option<NaiveDate> {
    let from = today.checked_add_days(Days::new(soonest))?;
    let ahead = (7 + day.num_days_from_monday() - from.weekday().num_days_from_monday()) % 7;
    from.checked_add_days(Days::new(u64::from(ahead)))
}

/// The number of days in a count of days or weeks.
pub(super) fn count_days(count: &str, unit: &str) -> Option<u64> {
    let each = match unit.strip_suffix('s').unwrap_or(unit) {
        "day" => 1,
        "week" => 7,
        _ => return None,
    };
    Some(u64::from(parse_count(count)?) * each)
}
