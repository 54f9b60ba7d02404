//! The checks behind the field options of `tandem/rules/v1/rules.proto`.
//!
//! A check cleans what people wrote and collects every violation, so that one answer names all of
//! them. It never shortens anything: what is too long is refused.

use std::collections::BTreeMap;

use prost_types::Timestamp;
use unicode_normalization::{UnicodeNormalization as _, is_nfc};
use uuid::Uuid;

/// A message whose fields have limits.
pub trait Check {
    /// Cleans the text fields and adds a violation for every rule that a field breaks. `at` is the
    /// path to this message with a dot behind it, or empty.
    fn check(&mut self, at: &str, faults: &mut Vec<Violation>);
}

/// One field that breaks a rule, as in `google.rpc.BadRequest.FieldViolation`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The path to the field, as in `task.labels[2]`.
    pub field: String,
    /// What is wrong with it, for people.
    pub description: String,
}

impl Violation {
    /// A violation of the field at `field`.
    pub fn new(field: impl Into<String>, description: impl Into<String>) -> Self {
        Self { field: field.into(), description: description.into() }
    }
}

/// `tandem.rules.v1.Rules`; 0 means no limit.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// What kind of string it is.
    pub kind: StringKind,
    /// The fewest characters.
    pub min_chars: usize,
    /// The most characters.
    pub max_chars: usize,
    /// The most items or pairs.
    pub max_items: usize,
    /// The most characters of a map's key.
    pub max_key_chars: usize,
}

/// `tandem.rules.v1.StringKind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StringKind {
    /// Only its length counts.
    Opaque,
    /// What people wrote.
    Text,
    /// A UUID, or empty.
    Uuid,
    /// Printable ASCII without spaces, or empty.
    Key,
}

/// What people wrote, made harmless and comparable: control characters (but tab and newline) and
/// bidirectional overrides removed, Unicode NFC, no white space at the ends. Cleaning what is clean
/// changes nothing.
#[must_use]
pub fn clean(text: &str) -> String {
    let kept = |c: &char| !(c.is_control() && !matches!(c, '\t' | '\n') || is_bidi_override(*c));
    // Removing a character can bring two others together that compose, so NFC comes second.
    let text = text.chars().filter(kept).nfc().collect::<String>();
    text.trim().to_owned()
}

fn is_clean(text: &str) -> bool {
    text.trim().len() == text.len()
        && !text.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n') || is_bidi_override(c))
        && is_nfc(text)
}

/// U+202D and U+202E display what follows in an order other than the one it is stored in. The
/// embeddings and isolates that right-to-left text needs stay.
fn is_bidi_override(c: char) -> bool {
    matches!(c, '\u{202d}' | '\u{202e}')
}

/// Whether a field has a value at all.
pub(crate) trait Present {
    fn is_present(&self) -> bool;
}

impl Present for String {
    fn is_present(&self) -> bool {
        !self.is_empty()
    }
}

impl<T> Present for Option<T> {
    fn is_present(&self) -> bool {
        self.is_some()
    }
}

impl<T> Present for Vec<T> {
    fn is_present(&self) -> bool {
        !self.is_empty()
    }
}

pub(crate) fn required(at: &str, name: &str, value: &impl Present, faults: &mut Vec<Violation>) {
    if !value.is_present() {
        faults.push(Violation::new(format!("{at}{name}"), "is required"));
    }
}

pub(crate) fn string(
    at: &str,
    name: &str,
    value: &mut String,
    rules: &Rules,
    faults: &mut Vec<Violation>,
) {
    // An empty value that has to be there was reported as missing.
    if value.is_empty() {
        return;
    }
    if let Some(description) = check_string(value, rules) {
        faults.push(Violation::new(format!("{at}{name}"), description));
    }
}

pub(crate) fn strings(
    at: &str,
    name: &str,
    values: &mut [String],
    rules: &Rules,
    faults: &mut Vec<Violation>,
) {
    check_count(at, name, values.len(), rules, faults);
    for (index, value) in values.iter_mut().enumerate().take(most_items(rules)) {
        if let Some(description) = check_string(value, rules) {
            faults.push(Violation::new(format!("{at}{name}[{index}]"), description));
        }
    }
}

fn check_string(value: &mut String, rules: &Rules) -> Option<String> {
    match rules.kind {
        StringKind::Text if !is_clean(value) => *value = clean(value),
        StringKind::Uuid if !value.is_empty() && !is_uuid(value) => {
            return Some("is not a UUID".to_owned());
        }
        StringKind::Key if !value.chars().all(|c| c.is_ascii_graphic()) => {
            return Some("has characters other than printable ASCII without spaces".to_owned());
        }
        _ => {}
    }
    check_length(value.chars().count(), rules.min_chars, rules.max_chars)
}

/// Whether a string is a UUID in its hyphenated form (RFC 9562).
#[must_use]
pub fn is_uuid(value: &str) -> bool {
    value.len() == 36 && Uuid::try_parse(value).is_ok()
}

fn check_length(chars: usize, min: usize, max: usize) -> Option<String> {
    if chars < min {
        Some(match chars {
            0 => "is blank".to_owned(),
            _ => format!("has {chars} characters, the fewest are {min}"),
        })
    } else if max > 0 && chars > max {
        Some(format!("has {chars} characters, the most are {max}"))
    } else {
        None
    }
}

/// How many items are looked at: what is too much is not worth naming one by one.
fn most_items(rules: &Rules) -> usize {
    if rules.max_items > 0 { rules.max_items } else { usize::MAX }
}

fn check_count(at: &str, name: &str, count: usize, rules: &Rules, faults: &mut Vec<Violation>) {
    if rules.max_items > 0 && count > rules.max_items {
        let description = format!("has {count} items, the most are {}", rules.max_items);
        faults.push(Violation::new(format!("{at}{name}"), description));
    }
}

pub(crate) fn map(
    at: &str,
    name: &str,
    values: &mut BTreeMap<String, String>,
    rules: &Rules,
    faults: &mut Vec<Violation>,
) {
    check_count(at, name, values.len(), rules, faults);
    for (key, value) in values.iter_mut().take(most_items(rules)) {
        if let Some(fault) = check_key(key, rules) {
            faults.push(Violation::new(format!("{at}{name}"), format!("has a key that {fault}")));
        }
        if let Some(fault) = check_string(value, rules) {
            faults.push(Violation::new(format!("{at}{name}[{key:?}]"), fault));
        }
    }
}

/// Keys are not cleaned: two might become one, and the value of one be lost.
fn check_key(key: &str, rules: &Rules) -> Option<String> {
    if rules.kind == StringKind::Text && !is_clean(key) {
        return Some("is not as cleaning would leave it".to_owned());
    }
    check_length(key.chars().count(), 1, rules.max_key_chars)
}

pub(crate) fn message<M: Check>(
    at: &str,
    name: &str,
    value: &mut Option<M>,
    _: &Rules,
    faults: &mut Vec<Violation>,
) {
    if let Some(value) = value {
        value.check(&format!("{at}{name}."), faults);
    }
}

pub(crate) fn messages<M: Check>(
    at: &str,
    name: &str,
    values: &mut [M],
    rules: &Rules,
    faults: &mut Vec<Violation>,
) {
    check_count(at, name, values.len(), rules, faults);
    for (index, value) in values.iter_mut().enumerate().take(most_items(rules)) {
        value.check(&format!("{at}{name}[{index}]."), faults);
    }
}

pub(crate) fn timestamp(
    at: &str,
    name: &str,
    value: &mut Option<Timestamp>,
    _: &Rules,
    faults: &mut Vec<Violation>,
) {
    // 0001-01-01T00:00:00Z to 9999-12-31T23:59:59Z, as google.protobuf.Timestamp says.
    const SECONDS: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;
    let Some(time) = value else { return };
    if !SECONDS.contains(&time.seconds) || !(0..=999_999_999).contains(&time.nanos) {
        let description = "is not a time between the years 1 and 9999";
        faults.push(Violation::new(format!("{at}{name}"), description));
    }
}

pub(crate) fn not_negative(at: &str, name: &str, value: i64, faults: &mut Vec<Violation>) {
    if value < 0 {
        faults.push(Violation::new(format!("{at}{name}"), "is negative"));
    }
}

pub(crate) fn known(at: &str, name: &str, value: i32, known: &[i32], faults: &mut Vec<Violation>) {
    if !known.contains(&value) {
        let description = format!("has no value with the number {value}");
        faults.push(Violation::new(format!("{at}{name}"), description));
    }
}

#[cfg(test)]
mod tests;
