//! Parts of the day: "in the evening", "tonight", "morning".

use super::{Now, When};

/// A part of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DayPart {
    Morning,
    Afternoon,
    Evening,
    Night,
}

/// Words for parts of the day.
const PARTS: &[(&str, DayPart)] = &[
    ("morning", DayPart::Morning),
    ("afternoon", DayPart::Afternoon),
    ("evening", DayPart::Evening),
    ("night", DayPart::Night),
];

/// A part of the day: "in the morning", "this evening", or "morning" next to a day.
pub(super) fn parse_day_part(words: &[&str], now: &Now) -> Option<(usize, When)> {
    let (taken, part, this) = match words {
        ["tonight", ..] => (1, DayPart::Night, true),
        ["this", ..] => (2, find_part(words.get(1))?, true),
        ["in" | "during", "the", ..] => (3, find_part(words.get(2))?, false),
        ["at", "night", ..] => (2, DayPart::Night, false),
        _ => (1, find_part(words.first())?, false),
    };
    let day = this.then(|| now.date_naive());
    Some((taken, When { day, part: Some(part), bare: taken == 1, ..When::default() }))
}

fn find_part(word: Option<&&str>) -> Option<DayPart> {
    let word = word?;
    PARTS.iter().find(|(name, _)| name == word).map(|(_, part)| *part)
}
