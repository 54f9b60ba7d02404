//! Times of the day: "at 5", "5:30pm", "17:00", "noon", "in the evening", "tonight at 8".

use chrono::NaiveTime;

use super::vocabulary::{digits, number};
use super::{Now, When};

/// A time as it was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clock {
    hour: u32,
    minute: u32,
    /// Whether it can be read in one way only: "5pm" and "17:00", but not "5".
    sure: bool,
}

/// A part of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Morning,
    Afternoon,
    Evening,
    Night,
}

/// The words for the parts of the day.
const PARTS: &[(&str, Part)] = &[
    ("morning", Part::Morning),
    ("afternoon", Part::Afternoon),
    ("evening", Part::Evening),
    ("night", Part::Night),
];

/// Words after which a bare number is an hour.
const BEFORE_HOUR: &[&str] = &["at", "by", "around", "before", "until", "till", "@"];

/// A time with its preposition.
pub(super) fn time(words: &[&str], _: &Now) -> Option<(usize, When)> {
    let skipped = usize::from(BEFORE_HOUR.contains(words.first()?));
    let (taken, clock) = clock(&words[skipped..], skipped > 0)?;
    let bare = skipped == 0 && ["noon", "midday", "midnight"].contains(&words[0]);
    Some((skipped + taken, When { clock: Some(clock), bare, ..When::default() }))
}

/// A part of the day: "in the morning", "this evening", or "morning" next to a day.
pub(super) fn part(words: &[&str], now: &Now) -> Option<(usize, When)> {
    let named = |word: Option<&&str>| {
        let word = word?;
        PARTS.iter().find(|(name, _)| name == word).map(|(_, part)| *part)
    };
    let (taken, part, this) = match words {
        ["tonight", ..] => (1, Part::Night, true),
        ["this", ..] => (2, named(words.get(1))?, true),
        ["in" | "during", "the", ..] => (3, named(words.get(2))?, false),
        ["at", "night", ..] => (2, Part::Night, false),
        _ => (1, named(words.first())?, false),
    };
    let day = this.then(|| now.date_naive());
    Some((taken, When { day, part: Some(part), bare: taken == 1, ..When::default() }))
}

/// The time that the clock and the part of the day mean together.
pub(super) fn resolve(clock: Option<Clock>, part: Option<Part>) -> Option<NaiveTime> {
    let Some(Clock { hour, minute, sure }) = clock else {
        let hour = match part? {
            Part::Morning => 9,
            Part::Afternoon => 15,
            Part::Evening => 18,
            Part::Night => 20,
        };
        return NaiveTime::from_hms_opt(hour, 0, 0);
    };
    let later = match part {
        Some(Part::Morning) => false,
        Some(_) => hour < 12,
        None => (1..=6).contains(&hour),
    };
    let hour = if !sure && later { hour + 12 } else { hour };
    NaiveTime::from_hms_opt(hour, minute, 0)
}

fn clock(words: &[&str], after_preposition: bool) -> Option<(usize, Clock)> {
    let first = *words.first()?;
    match first {
        "noon" | "midday" => return Some((1, Clock { hour: 12, minute: 0, sure: true })),
        "midnight" => return Some((1, Clock { hour: 23, minute: 59, sure: true })),
        "half" if words.get(1) == Some(&"past") => return past(words.get(2)?, 30),
        "quarter" if words.get(1) == Some(&"past") => return past(words.get(2)?, 15),
        _ => {}
    }
    if let Some((digits, afternoon)) = meridiem(first) {
        return Some((1, twelve_hours(digits, afternoon)?));
    }
    match words.get(1) {
        Some(&"am" | &"a.m") => return Some((2 + dot(words), twelve_hours(first, false)?)),
        Some(&"pm" | &"p.m") => return Some((2 + dot(words), twelve_hours(first, true)?)),
        Some(&"o'clock" | &"oclock") => return Some((2, hours(first)?)),
        _ => {}
    }
    let clock = hours(first)?;
    (after_preposition || first.contains(':')).then_some((1, clock))
}

/// The dot that ends "p.m." is a token of its own.
fn dot(words: &[&str]) -> usize {
    usize::from(words.get(2) == Some(&"."))
}

fn past(hour: &str, minute: u32) -> Option<(usize, Clock)> {
    let hour = number(hour).filter(|hour| *hour <= 12)?;
    Some((3, Clock { hour, minute, sure: false }))
}

/// "5pm" as "5" and the afternoon.
fn meridiem(word: &str) -> Option<(&str, bool)> {
    let ending = |ending: &str| word.strip_suffix(ending).filter(|rest| !rest.is_empty());
    ending("pm").map(|rest| (rest, true)).or_else(|| ending("am").map(|rest| (rest, false)))
}

fn twelve_hours(text: &str, afternoon: bool) -> Option<Clock> {
    let Clock { hour, minute, .. } = hours(text).filter(|clock| (1..=12).contains(&clock.hour))?;
    Some(Clock { hour: hour % 12 + if afternoon { 12 } else { 0 }, minute, sure: true })
}

/// "5", "5:30", "5.30", "17:00".
fn hours(text: &str) -> Option<Clock> {
    let (hour, minute) = text.split_once([':', '.']).unwrap_or((text, "00"));
    let padded = hour.len() == 2 && hour.starts_with('0');
    let (hour, minute) = (digits(hour)?, digits(minute).filter(|_| minute.len() == 2)?);
    let sure = padded || hour == 0 || hour >= 12;
    (hour < 24 && minute < 60).then_some(Clock { hour, minute, sure })
}
