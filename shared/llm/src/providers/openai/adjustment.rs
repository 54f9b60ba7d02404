//! Changes to a request that a server refused for one of its fields. Servers with this protocol differ in
//! the fields that they know, and the models of one server differ too.

use serde_json::{Map, Value};

use super::MAX_TOKENS_FIELDS;

/// The value with which OpenAI's models of 2026 accept function tools.
const NO_REASONING: &str = "none";

/// A merge patch for `body` after a refusal with `message`; `None` if it names none of these fields.
pub(super) fn adjust_body(body: &Value, message: &str) -> Option<Map<String, Value>> {
    let names = |field: &str| message.contains(field);
    let is_sent = |field: &str| body.get(field).is_some();
    let sent_limit = MAX_TOKENS_FIELDS.iter().position(|field| is_sent(field));
    if names("stream_options") && is_sent("stream_options") {
        return Some(patch([("stream_options", Value::Null)]));
    }
    if names("reasoning_effort") {
        return match body.get("reasoning_effort") {
            None => Some(patch([("reasoning_effort", NO_REASONING.into())])),
            Some(value) if value == NO_REASONING => {
                Some(patch([("reasoning_effort", Value::Null)]))
            }
            // The settings ask for it.
            Some(_) => None,
        };
    }
    let sent = MAX_TOKENS_FIELDS[sent_limit?];
    let other = MAX_TOKENS_FIELDS[1 - sent_limit?];
    names(sent).then(|| patch([(sent, Value::Null), (other, body[sent].clone())]))
}

fn patch<const N: usize>(fields: [(&str, Value); N]) -> Map<String, Value> {
    fields.map(|(name, value)| (name.to_owned(), value)).into_iter().collect()
}
