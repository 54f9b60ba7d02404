//! Tool calls of a model, within the bounds of what is stored and sent to clients.

use serde_json::Value;
use tandem_llm::{Signature, ToolCall};

use crate::domain::{ModelResponse, PlannedToolCall};

/// Levels of objects and lists in arguments: clients limit the depth of what they read, many to 100, and
/// each level of JSON takes several.
const MAX_DEPTH: usize = 16;

/// Size of arguments as JSON, in bytes.
const MAX_ARGUMENT_BYTES: usize = 64 * 1024;

/// Length of a tool's name and of an id, in characters.
const MAX_NAME_CHARS: usize = 64;
const MAX_ID_CHARS: usize = 4096;

/// Size of what a provider wants back with a call, in bytes.
const MAX_SIGNATURE_BYTES: usize = 256 * 1024;

/// The call as it is stored: within all bounds, and with an id that is unique among `responses`.
/// Arguments out of bounds become a text about it: the tool refuses that, and the model can correct it.
pub(super) fn plan_call<'a>(
    call: ToolCall,
    responses: impl Iterator<Item = &'a ModelResponse>,
) -> PlannedToolCall {
    let ToolCall { id, name, arguments, signature } = call;
    PlannedToolCall {
        id: unique_id(id, responses),
        name: clean(&name, MAX_NAME_CHARS),
        arguments: bounded_arguments(arguments),
        signature: signature.and_then(storable),
    }
}

/// Not every provider ensures that ids are unique, or sends any.
fn unique_id<'a>(id: String, responses: impl Iterator<Item = &'a ModelResponse>) -> String {
    let ids = responses.flat_map(|it| &it.calls).map(|it| it.id.as_str()).collect::<Vec<_>>();
    let (mut id, mut number) = (clean(&id, MAX_ID_CHARS), ids.len());
    while id.is_empty() || ids.contains(&id.as_str()) {
        number += 1;
        id = format!("call_{number}");
    }
    id
}

fn bounded_arguments(arguments: Value) -> Value {
    if depth_exceeds(&arguments, MAX_DEPTH) {
        return format!("(arguments of more than {MAX_DEPTH} levels)").into();
    }
    let size = arguments.to_string().len();
    if size > MAX_ARGUMENT_BYTES {
        return format!("(arguments of {size} bytes, more than {MAX_ARGUMENT_BYTES})").into();
    }
    without_nul(arguments)
}

fn depth_exceeds(value: &Value, levels: usize) -> bool {
    match value {
        Value::Array(items) => {
            levels == 0 || items.iter().any(|item| depth_exceeds(item, levels - 1))
        }
        Value::Object(fields) => {
            levels == 0 || fields.values().any(|field| depth_exceeds(field, levels - 1))
        }
        _ => false,
    }
}

/// `PostgreSQL` cannot store NUL in text.
fn without_nul(value: Value) -> Value {
    match value {
        Value::String(text) => text.replace('\0', "").into(),
        Value::Array(items) => items.into_iter().map(without_nul).collect(),
        Value::Object(fields) => {
            let fields = fields.into_iter();
            let fields = fields.map(|(name, it)| (name.replace('\0', ""), without_nul(it)));
            Value::Object(fields.collect())
        }
        other => other,
    }
}

fn storable(signature: Signature) -> Option<Value> {
    let json = serde_json::to_value(signature).ok()?;
    let text = json.to_string();
    (text.len() <= MAX_SIGNATURE_BYTES && !text.contains("\\u0000")).then_some(json)
}

fn clean(text: &str, max_chars: usize) -> String {
    text.chars().filter(|it| !it.is_control()).take(max_chars).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn plan(arguments: Value) -> Value {
        let call = ToolCall { name: "add_task".to_owned(), arguments, ..ToolCall::default() };
        plan_call(call, std::iter::empty()).arguments
    }

    fn nested(levels: usize) -> Value {
        (0..levels).fold(json!(1), |inner, _| json!([inner]))
    }

    #[test]
    fn arguments_are_bounded() {
        assert_eq!(plan(nested(16)), nested(16));
        assert!(plan(nested(17)).is_string());
        assert!(plan(nested(120)).is_string());
        let text = |bytes: usize| Value::String("x".repeat(bytes - 2));
        assert_eq!(plan(text(MAX_ARGUMENT_BYTES)), text(MAX_ARGUMENT_BYTES));
        assert!(plan(text(MAX_ARGUMENT_BYTES + 1)).to_string().len() < 100);
        assert_eq!(plan(json!({"a\0": ["\0b"]})), json!({"a": ["b"]}));
    }

    #[test]
    fn names_and_ids_are_bounded() {
        let (id, name) = ("\n1".to_owned(), "\0a".repeat(1000));
        let call = plan_call(ToolCall { id, name, ..ToolCall::default() }, std::iter::empty());
        assert_eq!((call.id.as_str(), call.name.len()), ("1", MAX_NAME_CHARS));
    }

    #[test]
    fn huge_signatures_are_dropped() {
        let signed = |data: Value| {
            let signature = Signature { data: Some(data), ..Signature::default() };
            let call = ToolCall { signature: Some(signature), ..ToolCall::default() };
            plan_call(call, std::iter::empty()).signature.is_some()
        };
        assert!(signed("x".into()));
        assert!(!signed("x".repeat(MAX_SIGNATURE_BYTES).into()) && !signed("\0".into()));
    }
}
