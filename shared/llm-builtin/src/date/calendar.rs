//! Days by their name or number: "tomorrow", "next friday", "march 5", "5/12", "2026-05-01".

use chrono::{DateTime, Datelike as _, Days, Months, NaiveDate, Weekday};

use super::vocabulary::{self, parse_count, parse_digits, parse_ordinal};
use super::{Now, When};

/// "today", "tomorrow" and their neighbours.
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
    let day = |at: usize| vocabulary::find_weekday(words.get(at)?);
    let (taken, date) = match words {
        ["next", "week", "on", ..] => (4, day_in_week(today, 1, day(3)?)),
        ["next", "week", ..] => (3, day_in_week(today, 1, day(2)?)),
        ["next", ..] => (2, day_in_week(today, 1, day(1)?)),
        ["last", ..] => (2, day_in_week(today, -1, day(1)?)),
        ["this", ..] => (2, next_weekday(today, day(1)?, 0)),
        ["coming", ..] => (2, next_weekday(today, day(1)?, 1)),
        [_, "next", "week", ..] => (3, day_in_week(today, 1, day(0)?)),
        [_, "this", "week", ..] => (3, day_in_week(today, 0, day(0)?)),
        _ => (1, next_weekday(today, day(0)?, 1)),
    };
    Some((taken, When::on_day(date?)))
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

/// "2026-05-01", and a whole timestamp.
pub(super) fn parse_iso_date(words: &[&str], now: &Now) -> Option<(usize, When)> {
    let first = words.first()?;
    if let Ok(instant) = DateTime::parse_from_rfc3339(&first.to_uppercase()) {
        let instant = Some(instant.with_timezone(&now.timezone()));
        return Some((1, When { instant, ..When::default() }));
    }
    let (year, rest) = first.split_once(['-', '/']).filter(|(year, _)| year.len() == 4)?;
    let (month, day) = rest.split_once(['-', '/'])?;
    let year = i32::try_from(parse_digits(year)?).ok()?;
    Some((
        1,
        When::on_day(NaiveDate::from_ymd_opt(year, parse_digits(month)?, parse_digits(day)?)?),
    ))
}

/// "5/12" and "5/12/2026" with the month first where it can be; "5.12.2026" with the day first.
pub(super) fn parse_numeric_date(words: &[&str], now: &Now) -> Option<(usize, When)> {
    let first = words.first()?;
    let separator = if first.contains('/') { '/' } else { '.' };
    let numbers: Vec<u32> = first.split(separator).map(parse_digits).collect::<Option<_>>()?;
    let (left, right, year) = match numbers[..] {
        [left, right] if separator == '/' => (left, right, None),
        [left, right, year] => (left, right, Some(if year < 100 { 2000 + year } else { year })),
        _ => return None,
    };
    let month_first = separator == '/' && left <= 12;
    let (month, day) = if month_first { (left, right) } else { (right, left) };
    Some((1, When::on_day(next_date(year, month, day, now)?)))
}

/// "march 5", "5 march", "the 5th of march", with or without a year.
pub(super) fn parse_month_day(words: &[&str], now: &Now) -> Option<(usize, When)> {
    let start = usize::from(words.first() == Some(&"the"));
    let word = |at: usize| words.get(start + at).copied().unwrap_or_default();
    let day_number =
        |at: usize| parse_ordinal(word(at)).or_else(|| parse_digits(word(at)).filter(|n| *n <= 31));
    let (taken, month, day) = if let Some(month) = vocabulary::find_month(word(0)) {
        if word(1) == "the" { (3, month, day_number(2)?) } else { (2, month, day_number(1)?) }
    } else if word(1) == "of" {
        (3, vocabulary::find_month(word(2))?, day_number(0)?)
    } else {
        (2, vocabulary::find_month(word(1))?, day_number(0)?)
    };
    let comma = usize::from(word(taken) == ",");
    let year = parse_digits(word(taken + comma)).filter(|year| (1900..=9999).contains(year));
    let taken = start + taken + year.map_or(0, |_| comma + 1);
    Some((taken, When::on_day(next_date(year, month.number_from_month(), day, now)?)))
}

/// "the 5th", "on 5th": the next day of that number.
pub(super) fn parse_day_of_month(words: &[&str], now: &Now) -> Option<(usize, When)> {
    let start = usize::from(matches!(words.first(), Some(&"the")));
    let day = parse_ordinal(words.get(start)?)?;
    let this_month = now.date_naive().with_day(1)?;
    let found = (0..12).find_map(|ahead| {
        let month = this_month.checked_add_months(Months::new(ahead))?;
        month.with_day(day).filter(|date| *date >= now.date_naive())
    });
    Some((start + 1, When::on_day(found?)))
}

/// The day of the week that lies `weeks` after this one.
pub(super) fn day_in_week(today: NaiveDate, weeks: i64, day: Weekday) -> Option<NaiveDate> {
    let offset = i64::from(day.num_days_from_monday())
        - i64::from(today.weekday().num_days_from_monday())
        + weeks * 7;
    today.checked_add_signed(chrono::TimeDelta::try_days(offset)?)
}

/// The last day of the month that lies `months` after this one.
pub(super) fn last_of_month(today: NaiveDate, months: u32) -> Option<NaiveDate> {
    today.with_day(1)?.checked_add_months(Months::new(months + 1))?.pred_opt()
}

fn next_weekday(today: NaiveDate, day: Weekday, soonest: u64) -> Option<NaiveDate> {
    let from = today.checked_add_days(Days::new(soonest))?;
    let ahead = (7 + day.num_days_from_monday() - from.weekday().num_days_from_monday()) % 7;
    from.checked_add_days(Days::new(u64::from(ahead)))
}

/// The date; without a year, the next such day from today on.
fn next_date(year: Option<u32>, month: u32, day: u32, now: &Now) -> Option<NaiveDate> {
    if let Some(year) = year {
        return NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day);
    }
    let today = now.date_naive();
    (0..=8).find_map(|ahead| {
        NaiveDate::from_ymd_opt(today.year() + ahead, month, day).filter(|date| *date >= today)
    })
}

/// How many days a count of this unit is.
pub(super) fn count_days(count: &str, unit: &str) -> Option<u64> {
    let each = match unit.strip_suffix('s').unwrap_or(unit) {
        "day" => 1,
        "week" => 7,
        _ => return None,
    };
    Some(u64::from(parse_count(count)?) * each)
}
