//! Spans of time in which tasks are due: "today", "this week", "before friday".

use chrono::{Datelike as _, Days, Months, NaiveDate, NaiveTime, Weekday};

use super::calendar::{days, in_week};
use super::{Now, When, local, read};
use crate::phrase::Phrase;

/// A half-open span of due times.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct Window {
    /// Due then or later.
    pub(in super::super) after: Option<Now>,
    /// Due earlier than this.
    pub(in super::super) before: Option<Now>,
}

/// Reads the phrase as a span; `None` unless every word belongs to it.
pub(in super::super) fn window(phrase: Phrase<'_>, now: &Now) -> Option<Window> {
    let (limit, rest) = match phrase.word(0) {
        "before" => (Limit::Before, phrase.from(1)),
        "by" | "until" | "till" => (Limit::By, phrase.from(1)),
        "after" | "since" => (Limit::After, phrase.from(1)),
        "in" | "on" | "for" | "within" | "over" => (Limit::Within, phrase.from(1)),
        _ => (Limit::Within, phrase),
    };
    let span = days_named(rest, now)
        .and_then(|(first, last)| Some((midnight(first, now)?, midnight(last.succ_opt()?, now)?)))
        .or_else(|| single(rest, now))
        .or_else(|| single(phrase, now))?;
    let (after, before) = match limit {
        Limit::Within => (Some(span.0), Some(span.1)),
        Limit::Before => (None, Some(span.0)),
        Limit::By => (None, Some(span.1)),
        Limit::After => (Some(span.1), None),
    };
    Some(Window { after, before })
}

/// How a preposition turns a day into a window.
enum Limit {
    Within,
    Before,
    By,
    After,
}

/// Spans of several days, by their first and last.
fn days_named(phrase: Phrase<'_>, now: &Now) -> Option<(NaiveDate, NaiveDate)> {
    let today = now.date_naive();
    let words: Vec<&str> = phrase.words().map(super::vocabulary::without_possessive).collect();
    let week =
        |ahead, first, last| Some((in_week(today, ahead, first)?, in_week(today, ahead, last)?));
    match words[..] {
        ["this" | "the", "week"] => week(0, Weekday::Mon, Weekday::Sun),
        ["next", "week"] => week(1, Weekday::Mon, Weekday::Sun),
        ["last", "week"] => week(-1, Weekday::Mon, Weekday::Sun),
        ["this" | "the", "weekend"] => week(0, Weekday::Sat, Weekday::Sun),
        ["next", "weekend"] => week(1, Weekday::Sat, Weekday::Sun),
        ["this" | "the", "month"] => month(today, 0),
        ["next", "month"] => month(today, 1),
        ["the", "next", count, unit] | ["next", count, unit] => {
            Some((today, today.checked_add_days(Days::new(days(count, unit)?))?))
        }
        _ => None,
    }
}

fn month(today: NaiveDate, ahead: u32) -> Option<(NaiveDate, NaiveDate)> {
    let first = today.with_day(1)?.checked_add_months(Months::new(ahead))?;
    Some((first, first.checked_add_months(Months::new(1))?.pred_opt()?))
}

/// One day, or the moment that is named.
fn single(phrase: Phrase<'_>, now: &Now) -> Option<(Now, Now)> {
    let when: When = read(phrase, now)?;
    match when.day {
        Some(day) if when.clock.is_none() && when.part.is_none() => {
            Some((midnight(day, now)?, midnight(day.succ_opt()?, now)?))
        }
        _ => {
            let moment = when.resolve(now)?;
            Some(((*now).min(moment), moment))
        }
    }
}

fn midnight(day: NaiveDate, now: &Now) -> Option<Now> {
    local(day.and_time(NaiveTime::MIN), now)
}
