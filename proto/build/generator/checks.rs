//! Generates `impl Check` of a message that callers send.

use std::fmt::Write as _;

use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};

use super::options::{FieldOptions, Reader};
use super::rules::{self, Rules, StringRules, TypeRules};
use super::{is_own, is_request};

pub(super) fn generate(reader: &Reader, message: &MessageDescriptor) -> Result<String, String> {
    let mut body = String::new();
    for field in message.fields() {
        let options = reader.read(&field)?;
        if !options.has_behavior() {
            return Err(options.fault("has no google.api.field_behavior"));
        }
        if options.is_set_by_service() {
            options.expect_no_rules()?;
            continue;
        }
        let rules = rules::read(&field, &options)?;
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
        return Err(options.fault("fields with presence are not supported in requests"));
    }
    let in_request = is_request(field.parent_message());
    if rules.required && !in_request {
        return Err(options.fault("required is for requests: partial updates omit fields"));
    }
    if in_request && rules.required != options.is_required() {
        return Err(options.fault("REQUIRED and required have to stand together"));
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
        return Err(options.fault("ignore has no effect"));
    }
    if refuses_zero && field.kind() != Kind::String {
        return Err(options.fault("a minimum above 0 is not understood"));
    }
    if refuses_zero && !rules.ignore_zero && !rules.required {
        return Err(options.fault("the zero value is refused: add required or ignore"));
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
        return Err(options.fault("normalized_text has no effect"));
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
    match &rules.of_type {
        TypeRules::Map { max_pairs, keys, values } => {
            let arguments = [limit(*max_pairs), literal(keys, text), literal(values, text)];
            push_call(&mut source, field, "check_map", "&mut ", &arguments);
            return Ok(source);
        }
        TypeRules::Integer { minimum } => {
            push_call(&mut source, field, "check_minimum", "", &[format!("{minimum}")]);
            return Ok(source);
        }
        _ => {}
    }
    let (max_items, strings) = match &rules.of_type {
        TypeRules::String(rules) => (None, literal(rules, text)),
        TypeRules::Repeated { max_items, items } => (*max_items, literal(items, text)),
        _ => (None, literal(&StringRules::default(), text)),
    };
    match (field.kind(), field.is_list()) {
        (Kind::String, false) => {
            push_call(&mut source, field, "check_string", "&mut ", &[strings]);
        }
        (Kind::String, true) => {
            let arguments = [limit(max_items), strings];
            push_call(&mut source, field, "check_strings", "&mut ", &arguments);
        }
        (Kind::Enum(descriptor), false) if matches!(rules.of_type, TypeRules::Enum) => {
            let known = format!("&{:?}", rules::numbers(&descriptor));
            push_call(&mut source, field, "check_enum", "", &[known]);
        }
        (Kind::Enum(_), _) => return Err(options.fault("has no enum.defined_only")),
        (Kind::Message(message), false) if is_own(&message) => {
            push_call(&mut source, field, "check_message", "&mut ", &[]);
        }
        (Kind::Message(message), true) if is_own(&message) => {
            push_call(&mut source, field, "check_messages", "&mut ", &[limit(max_items)]);
        }
        (Kind::Message(message), false) if message.full_name() == "google.protobuf.Timestamp" => {
            push_call(&mut source, field, "check_timestamp", "&", &[]);
        }
        (Kind::Message(message), false) if !is_own(&message) => {}
        (Kind::Bool | Kind::Int32 | Kind::Int64, false) => {}
        (kind, _) => return Err(options.fault(&format!("no checks for fields of {kind:?}"))),
    }
    Ok(source)
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
fn limit(limit: Option<u64>) -> String {
    format!("{limit:?}")
}

/// The rules of a string as a Rust value.
fn literal(rules: &StringRules, normalized_text: bool) -> String {
    let form = match rules {
        _ if normalized_text => "NormalizedText",
        StringRules { uuid: true, .. } => "Uuid",
        StringRules { printable_ascii: true, .. } => "PrintableAscii",
        _ => "Any",
    };
    format!(
        "&crate::rules::StringRules {{ form: crate::rules::Form::{form}, min_len: {}, max_len: {} }}",
        rules.min_len,
        limit(rules.max_len),
    )
}
