//! Days by date: "march 5", "the 5th", "5/12", "2026-05-01".

use chrono::{DateTime, Datelike as _, Months, NaiveDate};

use super::vocabulary::{self, parse_digits, parse_ordinal};
use super::{Now, When};

/// "2026-05-01", and RFC 3339 timestamps.
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

/// "5/12" and "5/12/2026" (month first unless it exceeds 12), "5.12.2026" (day first).
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
    let words = &words[start..];
    let (taken, month, day) = if let Some(month) = vocabulary::find_month(word_at(words, 0)) {
        if word_at(words, 1) == "the" {
            (3, month, day_number(word_at(words, 2))?)
        } else {
            (2, month, day_number(word_at(words, 1))?)
        }
    } else if word_at(words, 1) == "of" {
        (3, vocabulary::find_month(word_at(words, 2))?, day_number(word_at(words, 0))?)
    } else {
        (2, vocabulary::find_month(word_at(words, 1))?, day_number(word_at(words, 0))?)
    };
    let comma = usize::from(word_at(words, taken) == ",");
    let year =
        parse_digits(word_at(words, taken + comma)).filter(|year| (1900..=9999).contains(year));
    let taken = start + taken + year.map_or(0, |_| comma + 1);
    Some((taken, When::on_day(next_date(year, month.number_from_month(), day, now)?)))
}

fn word_at<'a>(words: &[&'a str], index: usize) -> &'a str {
    words.get(index).copied().unwrap_or_default()
}

fn day_number(word: &str) -> Option<u32> {
    parse_ordinal(word).or_else(|| parse_digits(word).filter(|day| *day <= 31))
}

/// "the 5th": the next such day within a year.
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

/// The date; without a year the next one from today on.
fn next_date(year: Option<u32>, month: u32, day: u32, now: &Now) -> Option<NaiveDate> {
    if let Some(year) = year {
        return NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day);
    }
    let today = now.date_naive();
    (0..=8).find_map(|ahead| {
        NaiveDate::from_ymd_opt(today.year() + ahead, month, day).filter(|date| *date >= today)
    })
}
