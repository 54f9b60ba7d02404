//! Writes `impl Check` for every message of a package from its field options.
//!
//! A rule that does not fit its field fails the build: a limit that nobody enforces is worse than none.

use std::error::Error;
use std::fmt::Write as _;

use prost_reflect::{DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor};

/// Values of `google.api.FieldBehavior`.
const REQUIRED: i32 = 2;
const OUTPUT_ONLY: i32 = 3;
const IDENTIFIER: i32 = 8;

/// The source of the checks of all messages of `package` that callers send: the requests, and what is
/// in them.
pub(crate) fn generate(pool: &DescriptorPool, package: &str) -> Result<String, Box<dyn Error>> {
    let mut source = String::new();
    let mut open = pool.all_messages().filter(is_request).collect::<Vec<_>>();
    let mut seen = open.iter().map(|message| message.full_name().to_owned()).collect::<Vec<_>>();
    while let Some(message) = open.pop() {
        let mut body = String::new();
        for field in message.fields() {
            let options = Options::of(pool, &field)?;
            if options.set_by_service() {
                options.has_no_rules()?;
                continue;
            }
            body.push_str(&check(&field, &options)?);
            if let Kind::Message(inner) = field.kind()
                && is_ours(&inner)
                && !seen.contains(&inner.full_name().to_owned())
            {
                seen.push(inner.full_name().to_owned());
                open.push(inner);
            }
        }
        if message.package_name() == package {
            write_impl(&mut source, message.name(), &body);
        }
    }
    Ok(source)
}

fn is_request(message: &MessageDescriptor) -> bool {
    is_ours(message) && message.name().ends_with("Request")
}

fn is_ours(message: &MessageDescriptor) -> bool {
    message.package_name().starts_with("tandem.") && !message.is_map_entry()
}

fn write_impl(source: &mut String, message: &str, body: &str) {
    let (at, faults) = if body.is_empty() { ("_", "_") } else { ("at", "faults") };
    let _ = write!(
        source,
        "impl crate::Check for {message} {{\n    \
         fn check(&mut self, {at}: &str, {faults}: &mut Vec<crate::Violation>) {{\n{body}    }}\n}}\n"
    );
}

/// The statements that check one field.
fn check(field: &FieldDescriptor, options: &Options) -> Result<String, Box<dyn Error>> {
    let name = field.name();
    let mut source = String::new();
    if options.required() {
        let _ =
            writeln!(source, "        crate::rules::required(at, {name:?}, &self.{name}, faults);");
    }
    if field.is_map() {
        let rules = options.literal();
        let _ = writeln!(
            source,
            "        crate::rules::map(at, {name:?}, &mut self.{name}, &{rules}, faults);"
        );
        return Ok(source);
    }
    let function = match field.kind() {
        Kind::String => "string",
        Kind::Enum(_) => return Ok(source + &check_enum(field)),
        Kind::Int32 | Kind::Int64 => {
            if options.not_negative() {
                let _ = writeln!(
                    source,
                    "        crate::rules::not_negative(at, {name:?}, self.{name}.into(), faults);"
                );
            }
            return Ok(source);
        }
        Kind::Message(message) => match message.full_name() {
            "google.protobuf.Timestamp" => "timestamp",
            _ if !is_ours(&message) => return Ok(source),
            _ => "message",
        },
        other if options.is_empty() || matches!(other, Kind::Bool) => return Ok(source),
        other => return Err(format!("{}: no check for {other:?}", field.full_name()).into()),
    };
    let function = if field.is_list() { format!("{function}s") } else { function.to_owned() };
    let rules = options.literal();
    let _ = writeln!(
        source,
        "        crate::rules::{function}(at, {name:?}, &mut self.{name}, &{rules}, faults);"
    );
    Ok(source)
}

fn check_enum(field: &FieldDescriptor) -> String {
    let (name, kind) = (field.name(), field.kind());
    let Some(descriptor) = kind.as_enum() else { return String::new() };
    let known = descriptor.values().map(|value| value.number().to_string()).collect::<Vec<_>>();
    format!(
        "        crate::rules::known(at, {name:?}, self.{name}, &[{}], faults);\n",
        known.join(", ")
    )
}

/// The options of one field: `google.api.field_behavior` and `tandem.rules.v1.rules`.
struct Options {
    field: String,
    behavior: Vec<i32>,
    rules: Option<DynamicMessage>,
}

impl Options {
    fn of(pool: &DescriptorPool, field: &FieldDescriptor) -> Result<Self, Box<dyn Error>> {
        let extension = |name: &str| {
            pool.get_extension_by_name(name).ok_or_else(|| format!("{name} is not defined"))
        };
        let options = field.options();
        let behavior = options.get_extension(&extension("google.api.field_behavior")?).into_owned();
        let behavior = behavior.as_list().unwrap_or_default().to_vec();
        let rules = extension("tandem.rules.v1.rules")?;
        let rules = options
            .has_extension(&rules)
            .then(|| options.get_extension(&rules).as_message().cloned())
            .flatten();
        let options = Self {
            field: field.full_name().to_owned(),
            behavior: behavior.iter().filter_map(prost_reflect::Value::as_enum_number).collect(),
            rules,
        };
        options.fits(field)?;
        Ok(options)
    }

    /// Refuses rules that would have no effect on this kind of field.
    fn fits(&self, field: &FieldDescriptor) -> Result<(), String> {
        let Some(rules) = &self.rules else { return Ok(()) };
        let strings = matches!(field.kind(), Kind::String) || field.is_map();
        let numbers = matches!(field.kind(), Kind::Int32 | Kind::Int64);
        for (rule, _) in rules.fields() {
            let fits = match rule.name() {
                "string_kind" | "min_chars" | "max_chars" => strings,
                "max_items" => field.is_list() || field.is_map(),
                "max_key_chars" => field.is_map(),
                "not_negative" => numbers,
                _ => false,
            };
            if !fits {
                return Err(format!("{}: the rule {} has no effect here", self.field, rule.name()));
            }
        }
        Ok(())
    }

    /// Refuses rules of a field that nobody checks because callers do not set it.
    fn has_no_rules(&self) -> Result<(), String> {
        match &self.rules {
            None => Ok(()),
            Some(_) => {
                Err(format!("{}: rules have no effect on what the service sets", self.field))
            }
        }
    }

    fn required(&self) -> bool {
        self.behavior.contains(&REQUIRED)
    }

    fn set_by_service(&self) -> bool {
        self.behavior.contains(&OUTPUT_ONLY) || self.behavior.contains(&IDENTIFIER)
    }

    fn is_empty(&self) -> bool {
        self.rules.is_none()
    }

    fn not_negative(&self) -> bool {
        self.value("not_negative").and_then(|value| value.as_bool()).unwrap_or(false)
    }

    fn number(&self, rule: &str) -> u32 {
        self.value(rule).and_then(|value| value.as_u32()).unwrap_or(0)
    }

    fn value(&self, rule: &str) -> Option<prost_reflect::Value> {
        self.rules.as_ref()?.get_field_by_name(rule).map(std::borrow::Cow::into_owned)
    }

    /// The rules as a Rust value.
    fn literal(&self) -> String {
        let kind = self.value("string_kind").and_then(|value| value.as_enum_number()).unwrap_or(0);
        let kind = ["Opaque", "Text", "Uuid", "Key"][usize::try_from(kind).unwrap_or(0)];
        format!(
            "crate::rules::Rules {{ kind: crate::rules::StringKind::{kind}, min_chars: {}, \
             max_chars: {}, max_items: {}, max_key_chars: {} }}",
            self.number("min_chars"),
            self.number("max_chars"),
            self.number("max_items"),
            self.number("max_key_chars"),
        )
    }
}
