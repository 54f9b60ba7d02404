//! The rules of `buf.validate` that the generator understands.

use prost_reflect::{DynamicMessage, EnumDescriptor, FieldDescriptor, Kind, Value};

use super::options::FieldOptions;

/// The one `string.pattern` that is understood: printable ASCII without spaces, or empty.
const PRINTABLE_ASCII: &str = "^[!-~]*$";

/// `Ignore.IGNORE_IF_ZERO_VALUE`.
const IGNORE_IF_ZERO_VALUE: i32 = 1;

/// The rules of one field.
#[derive(Default)]
pub(super) struct Rules {
    pub(super) required: bool,
    pub(super) ignore_zero: bool,
    pub(super) of_type: TypeRules,
}

/// The rules of a field's type.
#[derive(Default)]
pub(super) enum TypeRules {
    #[default]
    None,
    Integer {
        minimum: i64,
    },
    String(StringRules),
    Enum,
    Repeated {
        max_items: Option<u64>,
        items: StringRules,
    },
    Map {
        max_pairs: Option<u64>,
        keys: StringRules,
        values: StringRules,
    },
}

#[derive(Default, PartialEq)]
pub(super) struct StringRules {
    pub(super) min_len: u64,
    pub(super) max_len: Option<u64>,
    pub(super) printable_ascii: bool,
    pub(super) uuid: bool,
}

impl StringRules {
    /// Whether an empty string breaks a rule.
    pub(super) fn refuses_empty(&self) -> bool {
        self.min_len > 0 || self.uuid
    }
}

/// Reads the rules of a field, and refuses those that do not fit its type.
pub(super) fn read_rules(field: &FieldDescriptor, options: &FieldOptions) -> Result<Rules, String> {
    let Some(message) = &options.rules else { return Ok(Rules::default()) };
    let rules = read_field_rules(message).map_err(|fault| options.describe_fault(&fault))?;
    let fits = match &rules.of_type {
        TypeRules::None => rules.required,
        TypeRules::Integer { .. } => is_single(field) && is_integer_of(field, message),
        TypeRules::String(_) => is_single(field) && field.kind() == Kind::String,
        TypeRules::Enum => is_single(field) && field.kind().as_enum().is_some(),
        TypeRules::Repeated { items, .. } => {
            field.is_list() && (field.kind() == Kind::String || *items == StringRules::default())
        }
        TypeRules::Map { .. } => field.is_map() && is_map_of_strings(field),
    };
    if fits {
        Ok(rules)
    } else {
        Err(options.describe_fault("the rules do not fit the type of the field"))
    }
}

fn is_single(field: &FieldDescriptor) -> bool {
    !field.is_list() && !field.is_map()
}

/// Whether the rules of an integer are those of its width.
fn is_integer_of(field: &FieldDescriptor, rules: &DynamicMessage) -> bool {
    match field.kind() {
        Kind::Int32 => rules.has_field_by_name("int32"),
        Kind::Int64 => rules.has_field_by_name("int64"),
        _ => false,
    }
}

fn is_map_of_strings(field: &FieldDescriptor) -> bool {
    field.kind().as_message().is_some_and(|entry| {
        let (key, value) = (entry.map_entry_key_field(), entry.map_entry_value_field());
        key.kind() == Kind::String && value.kind() == Kind::String
    })
}

fn read_field_rules(message: &DynamicMessage) -> Result<Rules, String> {
    let mut rules = Rules::default();
    for (field, value) in message.fields() {
        match (field.name(), value) {
            ("required", value) => rules.required = read_true("required", value)?,
            ("ignore", value) if value.as_enum_number() == Some(IGNORE_IF_ZERO_VALUE) => {
                rules.ignore_zero = true;
            }
            ("int32" | "int64", Value::Message(message)) => {
                rules.of_type = read_integer(message)?;
            }
            ("string", Value::Message(message)) => {
                rules.of_type = TypeRules::String(read_string(message)?);
            }
            ("enum", Value::Message(message)) => rules.of_type = read_enum(message)?,
            ("repeated", Value::Message(message)) => rules.of_type = read_repeated(message)?,
            ("map", Value::Message(message)) => rules.of_type = read_map(message)?,
            (name, value) => return Err(unknown_rule(name, value)),
        }
    }
    Ok(rules)
}

fn read_integer(message: &DynamicMessage) -> Result<TypeRules, String> {
    let mut minimum = None;
    for (field, value) in message.fields() {
        match (field.name(), value) {
            ("gte", Value::I32(value)) => minimum = Some(i64::from(*value)),
            ("gte", Value::I64(value)) => minimum = Some(*value),
            (name, value) => return Err(unknown_rule(name, value)),
        }
    }
    let minimum = minimum.ok_or("integer rules without a rule have no effect")?;
    Ok(TypeRules::Integer { minimum })
}

fn read_enum(message: &DynamicMessage) -> Result<TypeRules, String> {
    let mut rules = TypeRules::None;
    for (field, value) in message.fields() {
        match field.name() {
            "defined_only" if read_true("defined_only", value)? => rules = TypeRules::Enum,
            name => return Err(unknown_rule(name, value)),
        }
    }
    Ok(rules)
}

fn read_string(message: &DynamicMessage) -> Result<StringRules, String> {
    let mut rules = StringRules::default();
    for (field, value) in message.fields() {
        match (field.name(), value) {
            ("min_len", Value::U64(value)) if *value > 0 => rules.min_len = *value,
            ("max_len", Value::U64(value)) => rules.max_len = Some(*value),
            ("pattern", Value::String(pattern)) if pattern == PRINTABLE_ASCII => {
                rules.printable_ascii = true;
            }
            ("uuid", value) => rules.uuid = read_true("uuid", value)?,
            (name, value) => return Err(unknown_rule(name, value)),
        }
    }
    if rules.max_len.is_some_and(|max_len| max_len < rules.min_len) {
        return Err("no string satisfies min_len and max_len".to_owned());
    }
    if rules.uuid && (rules.min_len > 0 || rules.max_len.is_some() || rules.printable_ascii) {
        return Err("other rules have no effect beside string.uuid".to_owned());
    }
    if rules == StringRules::default() {
        return Err("string rules without a rule have no effect".to_owned());
    }
    Ok(rules)
}

fn read_repeated(message: &DynamicMessage) -> Result<TypeRules, String> {
    let (mut max_items, mut items) = (None, StringRules::default());
    for (field, value) in message.fields() {
        match (field.name(), value) {
            ("max_items", Value::U64(value)) => max_items = Some(*value),
            ("items", Value::Message(message)) => items = read_element(message)?,
            (name, value) => return Err(unknown_rule(name, value)),
        }
    }
    Ok(TypeRules::Repeated { max_items, items })
}

fn read_map(message: &DynamicMessage) -> Result<TypeRules, String> {
    let (mut max_pairs, mut keys, mut values) =
        (None, StringRules::default(), StringRules::default());
    for (field, value) in message.fields() {
        match (field.name(), value) {
            ("max_pairs", Value::U64(value)) => max_pairs = Some(*value),
            ("keys", Value::Message(message)) => keys = read_element(message)?,
            ("values", Value::Message(message)) => values = read_element(message)?,
            (name, value) => return Err(unknown_rule(name, value)),
        }
    }
    Ok(TypeRules::Map { max_pairs, keys, values })
}

/// The rules of the items of a list, or of the keys or values of a map: only those of strings are known.
fn read_element(message: &DynamicMessage) -> Result<StringRules, String> {
    match read_field_rules(message)? {
        Rules { required: false, ignore_zero: false, of_type: TypeRules::String(rules) } => {
            Ok(rules)
        }
        _ => Err("only string rules are understood for items, keys and values".to_owned()),
    }
}

fn read_true(name: &str, value: &Value) -> Result<bool, String> {
    if value.as_bool() == Some(true) {
        Ok(true)
    } else {
        Err(format!("{name}: false has no effect"))
    }
}

fn unknown_rule(name: &str, value: &Value) -> String {
    format!("the rule {name}: {value} is not understood")
}

/// The numbers of an enum's values.
pub(super) fn value_numbers(descriptor: &EnumDescriptor) -> Vec<i32> {
    descriptor.values().map(|value| value.number()).collect()
}
