//! Generates `impl Check` of a message that callers send.

use std::fmt::Write as _;

use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};

use super::options::{FieldOptions, Reader};
use super::rules::{self, Rules, StringRules, TypeRules};
use super::{is_own, is_request};

pub(super) fn generate_checks(
    reader: &Reader,
    message: &MessageDescriptor,
) -> Result<String, String> {
    let mut body = String::new();
    for field in message.fields() {
        let options = reader.read_options(&field)?;
        if !options.has_behavior() {
            return Err(options.describe_fault("has no google.api.field_behavior"));
        }
        if options.is_set_by_service() {
            options.expect_no_rules()?;
            continue;
        }
        let rules = rules::read_rules(&field, &options)?;
        expect_presence(&field, &options, &rules)?;
        expect_effect(&field, &options, &rules)?;
        body.push_str(&field_checks(&field, &options, &rules)?);
    }
    let (path, violations) = if body.is_empty() { ("_", "_") } else { ("path", "violations") };
    Ok(format!(
        "impl crate::Check for {} {{\n    fn check(&mut self, {path}: &str, {violations}: &mut \
         Vec<crate::Violation>) {{\n{body}    }}\n}}\n",
        message.name()
    ))
}

/// `required` has to agree with the field behavior. In a resource it must not be used: a partial update
/// may omit a field that a new resource needs.
fn expect_presence(
    field: &FieldDescriptor,
    options: &FieldOptions,
    rules: &Rules,
) -> Result<(), String> {
    if field.supports_presence() && field.kind().as_message().is_none() {
        return Err(options.describe_fault("fields with presence are not supported in requests"));
    }
    let in_request = is_request(field.parent_message());
    if rules.required && !in_request {
        return Err(options.describe_fault("required is for requests: partial updates omit fields"));
    }
    if in_request && rules.required != options.is_required() {
        return Err(options.describe_fault("REQUIRED and required have to stand together"));
    }
    Ok(())
}

/// Refuses `ignore` without effect, and rules that refuse an empty string where `ignore` is missing.
fn expect_effect(
    field: &FieldDescriptor,
    options: &FieldOptions,
    rules: &Rules,
) -> Result<(), String> {
    let refuses_zero = match &rules.of_type {
        TypeRules::String(rules) => rules.refuses_empty(),
        TypeRules::Integer { minimum } => *minimum > 0,
        _ => false,
    };
    if rules.ignore_zero && (rules.required || !refuses_zero) {
        return Err(options.describe_fault("ignore has no effect"));
    }
    if refuses_zero && field.kind() != Kind::String {
        return Err(options.describe_fault("a minimum above 0 is not understood"));
    }
    if refuses_zero && !rules.ignore_zero && !rules.required {
        return Err(options.describe_fault("the zero value is refused: add required or ignore"));
    }
    let has_strings = match field.kind() {
        Kind::String => true,
        _ => field.is_map(),
    };
    let has_form = match &rules.of_type {
        TypeRules::String(rules) | TypeRules::Repeated { items: rules, .. } => {
            rules.uuid || rules.printable_ascii
        }
        TypeRules::Map { values, .. } => values.uuid || values.printable_ascii,
        _ => false,
    };
    if options.normalized_text && (!has_strings || has_form) {
        return Err(options.describe_fault("normalized_text has no effect"));
    }
    Ok(())
}

/// The statements that check one field.
fn field_checks(
    field: &FieldDescriptor,
    options: &FieldOptions,
    rules: &Rules,
) -> Result<String, String> {
    let mut source = String::new();
    if options.is_required() {
        push_call(&mut source, field, "check_required", "&", &[]);
    }
    let text = options.normalized_text;
    let literal = |rules| string_rules_literal(rules, text);
    match &rules.of_type {
        TypeRules::Map { max_pairs, keys, values } => {
            let arguments = [limit_literal(*max_pairs), literal(keys), literal(values)];
            push_call(&mut source, field, "check_map", "&mut ", &arguments);
        }
        TypeRules::Integer { minimum } => {
            push_call(&mut source, field, "check_minimum", "", &[minimum.to_string()]);
        }
        TypeRules::String(rules) => {
            push_call(&mut source, field, "check_string", "&mut ", &[literal(rules)]);
        }
        TypeRules::Repeated { max_items, items } => {
            push_list_check(&mut source, field, options, *max_items, &literal(items))?;
        }
        TypeRules::Enum => push_enum_check(&mut source, field),
        TypeRules::None => {
            let strings = literal(&StringRules::default());
            push_default_check(&mut source, field, options, &strings)?;
        }
    }
    Ok(source)
}

/// The check of a field without rules of its type: of text, messages and timestamps.
fn push_default_check(
    source: &mut String,
    field: &FieldDescriptor,
    options: &FieldOptions,
    strings: &str,
) -> Result<(), String> {
    match field.kind() {
        _ if field.is_list() => return push_list_check(source, field, options, None, strings),
        Kind::String => push_call(source, field, "check_string", "&mut ", &[strings.to_owned()]),
        Kind::Enum(_) => return Err(options.describe_fault("has no enum.defined_only")),
        Kind::Message(message) if is_own(&message) => {
            push_call(source, field, "check_message", "&mut ", &[]);
        }
        Kind::Message(message) if message.full_name() == "google.protobuf.Timestamp" => {
            push_call(source, field, "check_timestamp", "&", &[]);
        }
        Kind::Message(message) if !message.is_map_entry() => {}
        Kind::Bool | Kind::Int32 | Kind::Int64 => {}
        kind => return Err(no_checks(options, &kind)),
    }
    Ok(())
}

fn push_list_check(
    source: &mut String,
    field: &FieldDescriptor,
    options: &FieldOptions,
    max_items: Option<u64>,
    strings: &str,
) -> Result<(), String> {
    let limit = limit_literal(max_items);
    match field.kind() {
        Kind::String => {
            push_call(source, field, "check_strings", "&mut ", &[limit, strings.to_owned()]);
        }
        Kind::Message(message) if is_own(&message) => {
            push_call(source, field, "check_messages", "&mut ", &[limit]);
        }
        kind => return Err(no_checks(options, &kind)),
    }
    Ok(())
}

fn push_enum_check(source: &mut String, field: &FieldDescriptor) {
    let kind = field.kind();
    let numbers = kind.as_enum().map(rules::value_numbers).unwrap_or_default();
    push_call(source, field, "check_enum", "", &[format!("&{numbers:?}")]);
}

fn no_checks(options: &FieldOptions, kind: &Kind) -> String {
    options.describe_fault(&format!("no checks for fields of {kind:?}"))
}

/// Adds `crate::rules::check(path, "field", &mut self.field, …, violations);`.
fn push_call(
    source: &mut String,
    field: &FieldDescriptor,
    check: &str,
    reference: &str,
    arguments: &[String],
) {
    let name = field.name();
    let arguments = arguments.iter().map(|it| format!("{it}, ")).collect::<String>();
    let _ = writeln!(
        source,
        "        crate::rules::{check}(path, {name:?}, {reference}self.{name}, {arguments}violations);"
    );
}

/// A limit as a Rust value.
fn limit_literal(limit: Option<u64>) -> String {
    format!("{limit:?}")
}

/// The rules of a string as a Rust value.
fn string_rules_literal(rules: &StringRules, normalized_text: bool) -> String {
    let form = match rules {
        _ if normalized_text => "NormalizedText",
        StringRules { uuid: true, .. } => "Uuid",
        StringRules { printable_ascii: true, .. } => "PrintableAscii",
        _ => "Any",
    };
    format!(
        "&crate::rules::StringRules {{ form: crate::rules::Form::{form}, min_len: {}, max_len: {} }}",
        rules.min_len,
        limit_literal(rules.max_len),
    )
}
