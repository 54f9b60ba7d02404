//! `google.protobuf.Struct` as JSON.

use prost_types::Struct;
use prost_types::value::Kind;
use serde_json::Value;
use tandem_proto::chat::{ToolCall, ToolCallStatus};

/// A JSON object; numbers without a fraction are integers.
pub(crate) fn object(object: &Struct) -> Value {
    object.fields.iter().map(|(key, value)| (key.clone(), json(value))).collect()
}

fn json(value: &prost_types::Value) -> Value {
    match value.kind.as_ref() {
        None | Some(Kind::NullValue(_)) => Value::Null,
        Some(Kind::BoolValue(value)) => (*value).into(),
        Some(Kind::NumberValue(value)) if value.fract() == 0.0 => (*value as i64).into(),
        Some(Kind::NumberValue(value)) => (*value).into(),
        Some(Kind::StringValue(value)) => value.as_str().into(),
        Some(Kind::ListValue(list)) => list.values.iter().map(json).collect(),
        Some(Kind::StructValue(value)) => object(value),
    }
}

/// What a call shows of itself.
pub(crate) fn shown(call: &ToolCall) -> (&str, Value, ToolCallStatus) {
    (call.name.as_str(), call.arguments.as_ref().map(object).unwrap_or_default(), call.status())
}

/// The result of a call that ended.
pub(crate) fn result(call: &ToolCall) -> Value {
    call.result.as_ref().map(object).expect("a call that ended has a result")
}
