//! English dates, on Monday, 2 March 2026 at 10:00 in Berlin.

use super::super::phrase::Phrase;
use super::super::tests::monday;
use super::super::token;
use super::{parse_due_date, parse_window};

fn due_of(text: &str) -> Option<String> {
    let tokens = token::tokenize(text);
    parse_due_date(Phrase::new(text, &tokens), &monday()).map(|due| due.format("%F %R").to_string())
}

#[track_caller]
fn assert_due(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(due_of(text).as_deref(), Some(*expected), "{text}");
    }
}

#[test]
fn relative_days() {
    assert_due(&[
        ("today", "2026-03-02 23:59"),
        ("Tomorrow", "2026-03-03 23:59"),
        ("by the day after tomorrow", "2026-03-04 23:59"),
        ("yesterday", "2026-03-01 23:59"),
        ("friday", "2026-03-06 23:59"),
        ("monday", "2026-03-09 23:59"),
        ("this monday", "2026-03-02 23:59"),
        ("next friday", "2026-03-13 23:59"),
        ("friday next week", "2026-03-13 23:59"),
        ("next week", "2026-03-09 23:59"),
        ("end of the week", "2026-03-08 23:59"),
        ("eom", "2026-03-31 23:59"),
        ("in 3 days", "2026-03-05 23:59"),
        ("two weeks from today", "2026-03-16 23:59"),
        ("in a month", "2026-04-02 23:59"),
    ]);
}

#[test]
fn calendar_dates() {
    assert_due(&[
        ("on march 5", "2026-03-05 23:59"),
        ("the 1st of march", "2027-03-01 23:59"),
        ("5 May 2027", "2027-05-05 23:59"),
        ("march 5th, 2027", "2027-03-05 23:59"),
        ("the 1st", "2026-04-01 23:59"),
        ("5/12", "2026-05-12 23:59"),
        ("25/12", "2026-12-25 23:59"),
        ("5.12.2026", "2026-12-05 23:59"),
        ("2026-05-01", "2026-05-01 23:59"),
        ("2026-05-01T12:00:00Z", "2026-05-01 14:00"),
        ("february 29", "2028-02-29 23:59"),
    ]);
}

#[test]
fn times_of_day() {
    assert_due(&[
        ("tomorrow at 5pm", "2026-03-03 17:00"),
        ("5.30 pm tomorrow", "2026-03-03 17:30"),
        ("at 9", "2026-03-03 09:00"),
        ("at 11", "2026-03-02 11:00"),
        ("at 3", "2026-03-02 15:00"),
        ("at 12am tomorrow", "2026-03-03 00:00"),
        ("at noon", "2026-03-02 12:00"),
        ("friday midnight", "2026-03-06 23:59"),
        ("tonight", "2026-03-02 20:00"),
        ("tonight at 8", "2026-03-02 20:00"),
        ("tomorrow evening at 7", "2026-03-03 19:00"),
        ("in the morning", "2026-03-03 09:00"),
        ("in half an hour", "2026-03-02 10:30"),
        ("in 2 hours", "2026-03-02 12:00"),
    ]);
}

#[test]
fn skipped_hour_moves_forward() {
    assert_due(&[("2026-03-29 at 2:30am", "2026-03-29 03:30")]);
}

#[test]
fn other_words_are_no_dates() {
    for text in
        ["", "5", "may", "evening", "at", "on", "tomorrow milk", "13/45", "in 99999 days ago"]
    {
        assert_eq!(due_of(text), None, "{text}");
    }
}

#[test]
fn due_time_windows() {
    let day = |text: &str| {
        let tokens = token::tokenize(text);
        let window = parse_window(Phrase::new(text, &tokens), &monday()).expect("a window");
        [window.after, window.before].map(|end| end.map(|end| end.format("%m-%d %R").to_string()))
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(day("today"), [some("03-02 00:00"), some("03-03 00:00")]);
    assert_eq!(day("this week"), [some("03-02 00:00"), some("03-09 00:00")]);
    assert_eq!(day("before friday"), [None, some("03-06 00:00")]);
    assert_eq!(day("by friday"), [None, some("03-07 00:00")]);
    assert_eq!(day("after the 5th"), [some("03-06 00:00"), None]);
    assert_eq!(day("in march 5 2027"), [some("03-05 00:00"), some("03-06 00:00")]);
}
