//! The checks of `buf.validate` rules and of `tandem.options.v1.normalized_text`, called by generated code.
//!
//! A check normalizes text and collects every violation, so that one response names all of them. Nothing
//! is truncated: a value that is too long is refused.

use std::collections::BTreeMap;

use prost_types::Timestamp;
use unicode_normalization::{UnicodeNormalization as _, is_nfc};
use uuid::Uuid;

/// A message with rules for its fields.
pub trait Check {
    /// Normalizes the text fields, and adds a violation for every rule that a field breaks. `path` is the
    /// path of this message with a trailing dot, or empty.
    fn check(&mut self, path: &str, violations: &mut Vec<Violation>);
}

/// An invalid field, as in `google.rpc.BadRequest.FieldViolation`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Path of the field, for example `task.labels[2]`.
    pub field: String,
    /// What is wrong, for people.
    pub description: String,
}

impl Violation {
    /// A violation of the field with the path `field`.
    pub fn new(field: impl Into<String>, description: impl Into<String>) -> Self {
        Self { field: field.into(), description: description.into() }
    }
}

/// Rules of a string.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StringRules {
    pub(crate) form: Form,
    /// Minimum length in characters (Unicode scalar values).
    pub(crate) min_len: usize,
    /// Maximum length in characters; `None` for no limit.
    pub(crate) max_len: Option<usize>,
}

/// Form of a string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Any characters.
    Any,
    /// `tandem.options.v1.normalized_text`.
    NormalizedText,
    /// `string.uuid`.
    Uuid,
    /// The `string.pattern` of printable ASCII without spaces.
    PrintableAscii,
}

/// Normalizes text: removes control characters (except tab and newline) and bidirectional overrides,
/// converts to Unicode NFC, and trims white space at both ends. Idempotent.
#[must_use]
pub fn clean(text: &str) -> String {
    let kept = |c: &char| !(c.is_control() && !matches!(c, '\t' | '\n') || is_bidi_override(*c));
    // Characters that compose can become adjacent when others are removed, so NFC comes second.
    let text = text.chars().filter(kept).nfc().collect::<String>();
    text.trim().to_owned()
}

fn is_clean(text: &str) -> bool {
    text.trim().len() == text.len()
        && !text.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n') || is_bidi_override(c))
        && is_nfc(text)
}

/// U+202D and U+202E display the following text in another order than the stored one. The embeddings and
/// isolates that right-to-left text needs are kept.
fn is_bidi_override(c: char) -> bool {
    matches!(c, '\u{202d}' | '\u{202e}')
}

/// Whether a field has a value other than its zero value.
pub(crate) trait Present {
    fn is_present(&self) -> bool;
}

impl Present for String {
    fn is_present(&self) -> bool {
        !self.is_empty()
    }
}

/// Numbers, and enums as their numbers.
impl Present for i32 {
    fn is_present(&self) -> bool {
        *self != 0
    }
}

impl Present for i64 {
    fn is_present(&self) -> bool {
        *self != 0
    }
}

impl Present for bool {
    fn is_present(&self) -> bool {
        *self
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

impl<K, V> Present for BTreeMap<K, V> {
    fn is_present(&self) -> bool {
        !self.is_empty()
    }
}

pub(crate) fn check_required(
    path: &str,
    name: &str,
    value: &impl Present,
    violations: &mut Vec<Violation>,
) {
    if !value.is_present() {
        violations.push(Violation::new(format!("{path}{name}"), "is required"));
    }
}

pub(crate) fn check_string(
    path: &str,
    name: &str,
    value: &mut String,
    rules: &StringRules,
    violations: &mut Vec<Violation>,
) {
    // Either allowed to be empty, or reported by `check_required`: the generator refuses anything else.
    if value.is_empty() {
        return;
    }
    if let Some(description) = check_value(value, rules) {
        violations.push(Violation::new(format!("{path}{name}"), description));
    }
}

pub(crate) fn check_strings(
    path: &str,
    name: &str,
    values: &mut [String],
    max_items: Option<usize>,
    rules: &StringRules,
    violations: &mut Vec<Violation>,
) {
    check_count(path, name, values.len(), max_items, violations);
    for (index, value) in values.iter_mut().enumerate().take(max_checked(max_items)) {
        if let Some(description) = check_value(value, rules) {
            violations.push(Violation::new(format!("{path}{name}[{index}]"), description));
        }
    }
}

/// Normalizes a string if it is text, and describes the rule that it breaks.
fn check_value(value: &mut String, rules: &StringRules) -> Option<String> {
    match rules.form {
        Form::NormalizedText if !is_clean(value) => *value = clean(value),
        Form::Uuid if !is_uuid(value) => {
            return Some("is not a UUID".to_owned());
        }
        Form::PrintableAscii if !value.chars().all(|c| c.is_ascii_graphic()) => {
            return Some("has characters other than printable ASCII without spaces".to_owned());
        }
        _ => {}
    }
    check_length(value.chars().count(), rules)
}

/// Whether a string is a hyphenated UUID (RFC 9562).
#[must_use]
pub fn is_uuid(value: &str) -> bool {
    value.len() == 36 && Uuid::try_parse(value).is_ok()
}

fn check_length(chars: usize, rules: &StringRules) -> Option<String> {
    match rules.max_len {
        _ if chars < rules.min_len && chars == 0 => Some("is blank".to_owned()),
        _ if chars < rules.min_len => {
            Some(format!("has {chars} characters, the minimum is {}", rules.min_len))
        }
        Some(max) if chars > max => Some(format!("has {chars} characters, the maximum is {max}")),
        _ => None,
    }
}

/// How many items are checked: those beyond the limit are not reported one by one.
fn max_checked(max_items: Option<usize>) -> usize {
    max_items.unwrap_or(usize::MAX)
}

fn check_count(
    path: &str,
    name: &str,
    count: usize,
    max_items: Option<usize>,
    violations: &mut Vec<Violation>,
) {
    if let Some(max) = max_items.filter(|max| count > *max) {
        let description = format!("has {count} items, the maximum is {max}");
        violations.push(Violation::new(format!("{path}{name}"), description));
    }
}

pub(crate) fn check_map(
    path: &str,
    name: &str,
    entries: &mut BTreeMap<String, String>,
    max_pairs: Option<usize>,
    keys: &StringRules,
    values: &StringRules,
    violations: &mut Vec<Violation>,
) {
    check_count(path, name, entries.len(), max_pairs, violations);
    for (key, value) in entries.iter_mut().take(max_checked(max_pairs)) {
        if let Some(description) = check_key(key, keys) {
            let description = format!("has a key that {description}");
            violations.push(Violation::new(format!("{path}{name}"), description));
        }
        if let Some(description) = check_value(value, values) {
            violations.push(Violation::new(format!("{path}{name}[{key:?}]"), description));
        }
    }
}

/// Keys are refused instead of normalized: two might become equal, and the value of one be lost.
fn check_key(key: &str, rules: &StringRules) -> Option<String> {
    if rules.form == Form::NormalizedText && !is_clean(key) {
        return Some(
            "is not normalized (NFC, without control characters and surrounding space)".to_owned(),
        );
    }
    check_value(&mut key.to_owned(), rules)
}

pub(crate) fn check_message<M: Check>(
    path: &str,
    name: &str,
    value: &mut Option<M>,
    violations: &mut Vec<Violation>,
) {
    if let Some(value) = value {
        value.check(&format!("{path}{name}."), violations);
    }
}

pub(crate) fn check_messages<M: Check>(
    path: &str,
    name: &str,
    values: &mut [M],
    max_items: Option<usize>,
    violations: &mut Vec<Violation>,
) {
    check_count(path, name, values.len(), max_items, violations);
    for (index, value) in values.iter_mut().enumerate().take(max_checked(max_items)) {
        value.check(&format!("{path}{name}[{index}]."), violations);
    }
}

pub(crate) fn check_timestamp(
    path: &str,
    name: &str,
    value: &Option<Timestamp>,
    violations: &mut Vec<Violation>,
) {
    // 0001-01-01T00:00:00Z to 9999-12-31T23:59:59Z, the range of google.protobuf.Timestamp.
    const SECONDS: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;
    let Some(time) = value else { return };
    if !SECONDS.contains(&time.seconds) || !(0..=999_999_999).contains(&time.nanos) {
        let description = "is not a time between the years 1 and 9999";
        violations.push(Violation::new(format!("{path}{name}"), description));
    }
}

pub(crate) fn check_minimum(
    path: &str,
    name: &str,
    value: impl Into<i64>,
    minimum: i64,
    violations: &mut Vec<Violation>,
) {
    if value.into() < minimum {
        let description = match minimum {
            0 => "is negative".to_owned(),
            _ => format!("is less than {minimum}"),
        };
        violations.push(Violation::new(format!("{path}{name}"), description));
    }
}

pub(crate) fn check_enum(
    path: &str,
    name: &str,
    value: i32,
    known: &[i32],
    violations: &mut Vec<Violation>,
) {
    if !known.contains(&value) {
        let description = format!("has no value with the number {value}");
        violations.push(Violation::new(format!("{path}{name}"), description));
    }
}

#[cfg(test)]
mod tests;
