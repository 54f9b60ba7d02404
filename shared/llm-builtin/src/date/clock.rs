//! Times of the day: "at 5", "5:30pm", "17:00", "noon", "half past 8".

use chrono::NaiveTime;

use super::day_part::DayPart;
use super::vocabulary::{parse_count, parse_digits};
use super::{Now, When};

/// A time as given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ClockTime {
    hour: u32,
    minute: u32,
    /// Whether morning or afternoon is certain: "5pm" and "17:00", but not "5".
    is_exact: bool,
}

/// Words after which a bare number is an hour.
const BEFORE_HOUR: &[&str] = &["at", "by", "around", "before", "until", "till", "@"];

/// A time, with or without a preposition.
pub(super) fn parse_time(words: &[&str], _: &Now) -> Option<(usize, When)> {
    let skipped = usize::from(BEFORE_HOUR.contains(words.first()?));
    let (taken, clock) = parse_clock(&words[skipped..], skipped > 0)?;
    let bare = skipped == 0 && ["noon", "midday", "midnight"].contains(&words[0]);
    Some((skipped + taken, When { clock: Some(clock), bare, ..When::default() }))
}

/// Combines a time and a part of the day, each of them optional.
pub(super) fn resolve_time(clock: Option<ClockTime>, part: Option<DayPart>) -> Option<NaiveTime> {
    let Some(ClockTime { hour, minute, is_exact }) = clock else {
        let hour = match part? {
            DayPart::Morning => 9,
            DayPart::Afternoon => 15,
            DayPart::Evening => 18,
            DayPart::Night => 20,
        };
        return NaiveTime::from_hms_opt(hour, 0, 0);
    };
    let later = match part {
        Some(DayPart::Morning) => false,
        Some(_) => hour < 12,
        None => (1..=6).contains(&hour),
    };
    let hour = if !is_exact && later { hour + 12 } else { hour };
    NaiveTime::from_hms_opt(hour, minute, 0)
}

fn parse_clock(words: &[&str], after_preposition: bool) -> Option<(usize, ClockTime)> {
    let first = *words.first()?;
    match first {
        "noon" | "midday" => return Some((1, ClockTime { hour: 12, minute: 0, is_exact: true })),
        "midnight" => return Some((1, ClockTime { hour: 23, minute: 59, is_exact: true })),
        "half" if words.get(1) == Some(&"past") => return minutes_past(words.get(2)?, 30),
        "quarter" if words.get(1) == Some(&"past") => return minutes_past(words.get(2)?, 15),
        _ => {}
    }
    if let Some((digits, afternoon)) = split_meridiem(first) {
        return Some((1, parse_twelve_hour(digits, afternoon)?));
    }
    match words.get(1) {
        Some(&"am" | &"a.m") => {
            return Some((2 + trailing_dot(words), parse_twelve_hour(first, false)?));
        }
        Some(&"pm" | &"p.m") => {
            return Some((2 + trailing_dot(words), parse_twelve_hour(first, true)?));
        }
        Some(&"o'clock" | &"oclock") => return Some((2, parse_hour(first)?)),
        _ => {}
    }
    let clock = parse_hour(first)?;
    (after_preposition || first.contains(':')).then_some((1, clock))
}

/// The count of tokens for the dot after "p.m".
fn trailing_dot(words: &[&str]) -> usize {
    usize::from(words.get(2) == Some(&"."))
}

fn minutes_past(hour: &str, minute: u32) -> Option<(usize, ClockTime)> {
    let hour = parse_count(hour).filter(|hour| *hour <= 12)?;
    Some((3, ClockTime { hour, minute, is_exact: false }))
}

/// Splits "5pm" into "5" and whether it is pm.
fn split_meridiem(word: &str) -> Option<(&str, bool)> {
    let endings = [("pm", true), ("am", false)];
    let split =
        endings.iter().find_map(|(ending, is_pm)| Some((word.strip_suffix(ending)?, *is_pm)));
    split.filter(|(rest, _)| !rest.is_empty())
}

fn parse_twelve_hour(text: &str, afternoon: bool) -> Option<ClockTime> {
    let ClockTime { hour, minute, .. } =
        parse_hour(text).filter(|clock| (1..=12).contains(&clock.hour))?;
    Some(ClockTime { hour: hour % 12 + if afternoon { 12 } else { 0 }, minute, is_exact: true })
}

/// Parses "5", "5:30", "5.30" and "17:00".
fn parse_hour(text: &str) -> Option<ClockTime> {
    let (hour, minute) = text.split_once([':', '.']).unwrap_or((text, "00"));
    let padded = hour.len() == 2 && hour.starts_with('0');
    let (hour, minute) = (parse_digits(hour)?, parse_digits(minute).filter(|_| minute.len() == 2)?);
    let is_exact = padded || hour == 0 || hour >= 12;
    (hour < 24 && minute < 60).then_some(ClockTime { hour, minute, is_exact })
}
