//! Changes to request bodies.

use serde_json::{Map, Value};

/// Merges `patch` into `body` (RFC 7396): objects are merged field by field, null removes a field, and
/// every other value replaces the one before.
pub(super) fn merge(body: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        body.clone_from(patch);
        return;
    };
    if !body.is_object() {
        *body = Value::Object(Map::new());
    }
    let Value::Object(fields) = body else { return };
    for (name, value) in patch {
        if value.is_null() {
            fields.remove(name);
        } else {
            merge(fields.entry(name).or_insert(Value::Null), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn objects_are_merged_and_null_removes() {
        let mut body = json!({"a": 1, "config": {"x": 1, "y": 2}, "gone": true});
        merge(&mut body, &json!({"a": [2], "config": {"y": null, "z": {"new": 3}}, "gone": null}));
        assert_eq!(body, json!({"a": [2], "config": {"x": 1, "z": {"new": 3}}}));
    }
}
