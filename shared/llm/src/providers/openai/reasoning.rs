//! What a model has thought before its calls. DeepSeek and others refuse the next request without it.

use serde_json::{Map, Value};

/// The fields in which servers send it, and want it back.
const FIELDS: [&str; 3] = ["reasoning_content", "reasoning", "reasoning_details"];

/// The reasoning of one response so far.
#[derive(Default)]
pub(super) struct Reasoning(Map<String, Value>);

impl Reasoning {
    /// Adds those of the fields of a delta that are reasoning: texts are joined, and lists too.
    pub(super) fn add_fields(&mut self, mut fields: Map<String, Value>) {
        for name in FIELDS {
            let Some(more) = fields.remove(name).filter(|more| !more.is_null()) else { continue };
            let known = self.0.entry(name).or_insert(Value::Null);
            match (known, more) {
                (Value::String(known), Value::String(more)) => known.push_str(&more),
                (Value::Array(known), Value::Array(more)) => known.extend(more),
                (known, more) => *known = more,
            }
        }
    }

    /// All of it, as fields of a message.
    pub(super) fn take(&mut self) -> Value {
        std::mem::take(&mut self.0).into()
    }
}
