//! The checks of fields, by the types of fields.

use std::collections::BTreeMap;

use prost_types::Timestamp;

use super::text::{clean, is_clean, is_uuid};
use super::{Check, Form, Present, StringRules, Violation};

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
