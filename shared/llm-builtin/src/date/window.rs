//! Ranges of due times: "today", "this week", "before friday".

use chrono::{Datelike as _, Days, Months, NaiveDate, NaiveTime, Weekday};

use super::relative_day::{count_days, day_in_week};
use super::vocabulary::strip_possessive;
use super::when::local_moment;
use super::{Now, When, parse_when};
use crate::phrase::Phrase;

/// A half-open range of due times.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Window {
    /// The inclusive start.
    pub(crate) after: Option<Now>,
    /// The exclusive end.
    pub(crate) before: Option<Now>,
}

/// Parses a range; `None` unless it consists of the whole phrase.
pub(crate) fn parse_window(phrase: Phrase<'_>, now: &Now) -> Option<Window> {
    let (limit, rest) = match phrase.word_at(0) {
        "before" => (WindowBound::Before, phrase.skip_tokens(1)),
        "by" | "until" | "till" => (WindowBound::By, phrase.skip_tokens(1)),
        "after" | "since" => (WindowBound::After, phrase.skip_tokens(1)),
        "in" | "on" | "for" | "within" | "over" => (WindowBound::Within, phrase.skip_tokens(1)),
        _ => (WindowBound::Within, phrase),
    };
    let span = parse_day_span(rest, now)
        .and_then(|(first, last)| {
            Some((start_of_day(first, now)?, start_of_day(last.succ_opt()?, now)?))
        })
        .or_else(|| parse_single_day(rest, now))
        .or_else(|| parse_single_day(phrase, now))?;
    let (after, before) = match limit {
        WindowBound::Within => (Some(span.0), Some(span.1)),
        WindowBound::Before => (None, Some(span.0)),
        WindowBound::By => (None, Some(span.1)),
        WindowBound::After => (Some(span.1), None),
    };
    Some(Window { after, before })
}

/// The effect of a preposition on a range.
enum WindowBound {
    Within,
    Before,
    By,
    After,
}

/// Parses a range of days; returns the first and the last.
fn parse_day_span(phrase: Phrase<'_>, now: &Now) -> Option<(NaiveDate, NaiveDate)> {
    let today = now.date_naive();
    let words: Vec<&str> = phrase.words().map(strip_possessive).collect();
    match words[..] {
        ["this" | "the", "week"] => week_span(today, 0, Weekday::Mon, Weekday::Sun),
        ["next", "week"] => week_span(today, 1, Weekday::Mon, Weekday::Sun),
        ["last", "week"] => week_span(today, -1, Weekday::Mon, Weekday::Sun),
        ["this" | "the", "weekend"] => week_span(today, 0, Weekday::Sat, Weekday::Sun),
        ["next", "weekend"] => week_span(today, 1, Weekday::Sat, Weekday::Sun),
        ["this" | "the", "month"] => month_span(today, 0),
        ["next", "month"] => month_span(today, 1),
        ["the", "next", count, unit] | ["next", count, unit] => {
            Some((today, today.checked_add_days(Days::new(count_days(count, unit)?))?))
        }
        _ => None,
    }
}

fn week_span(
    today: NaiveDate,
    ahead: i64,
    first: Weekday,
    last: Weekday,
) -> Option<(NaiveDate, NaiveDate)> {
    Some((day_in_week(today, ahead, first)?, day_in_week(today, ahead, last)?))
}

fn month_span(today: NaiveDate, ahead: u32) -> Option<(NaiveDate, NaiveDate)> {
    let first = today.with_day(1)?.checked_add_months(Months::new(ahead))?;
    Some((first, first.checked_add_months(Months::new(1))?.pred_opt()?))
}

/// Parses one day, or the range from now to a moment.
fn parse_single_day(phrase: Phrase<'_>, now: &Now) -> Option<(Now, Now)> {
    let when: When = parse_when(phrase, now)?;
    match when.day {
        Some(day) if when.clock.is_none() && when.part.is_none() => {
            Some((start_of_day(day, now)?, start_of_day(day.succ_opt()?, now)?))
        }
        _ => {
            let moment = when.resolve_moment(now)?;
            Some(((*now).min(moment), moment))
        }
    }
}

fn start_of_day(day: NaiveDate, now: &Now) -> Option<Now> {
    local_moment(day.and_time(NaiveTime::MIN), now)
}
