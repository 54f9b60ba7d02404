//! `google.protobuf.Struct` as JSON.

use prost_types::{Struct, value::Kind};
use serde_json::Value;

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
