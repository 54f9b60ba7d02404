//! The conversation in a form that every provider accepts.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::{Entry, ToolCall};

/// Normalizes the entries of a prompt: starts at the first user message, which providers require to be
/// first; drops empty assistant messages; makes call ids unique in the conversation instead of in the
/// turn only.
pub(crate) fn normalize_entries(entries: &[Entry]) -> Vec<Entry> {
    let mut ids = CallIds::default();
    let from_first_user = entries.iter().skip_while(|entry| !matches!(entry, Entry::User(_)));
    from_first_user.filter(|it| !is_empty(it)).map(|entry| ids.renumber_entry(entry)).collect()
}

/// Normalizes the entries and joins consecutive ones of the same role into one message.
/// `role_and_parts` converts an entry to the provider's format.
pub(crate) fn group_by_role(
    entries: &[Entry],
    role_and_parts: impl Fn(&Entry) -> (&'static str, Vec<Value>),
) -> Vec<(&'static str, Vec<Value>)> {
    let mut messages: Vec<(&str, Vec<Value>)> = Vec::new();
    for entry in normalize_entries(entries) {
        let (role, parts) = role_and_parts(&entry);
        match messages.last_mut() {
            Some((last_role, message)) if *last_role == role => message.extend(parts),
            _ => messages.push((role, parts)),
        }
    }
    messages
}

/// The arguments of a call; arguments that are not an object are wrapped in one, because providers
/// require it.
pub(crate) fn arguments_object(call: &ToolCall) -> Value {
    wrap_in_object(&call.arguments, "unreadable")
}

/// The result of a tool call; a result that is not an object is wrapped in one.
pub(crate) fn result_object(result: &Value) -> Value {
    wrap_in_object(result, "result")
}

fn wrap_in_object(value: &Value, key: &str) -> Value {
    if value.is_object() { value.clone() } else { json!({ key: value }) }
}

fn is_empty(entry: &Entry) -> bool {
    matches!(entry, Entry::Assistant { text, calls } if text.is_empty() && calls.is_empty())
}

/// Assigns conversation-wide call ids.
#[derive(Default)]
struct CallIds {
    assigned: usize,
    /// The new id of each original id, as of its latest call.
    current: HashMap<String, String>,
}

impl CallIds {
    fn renumber_entry(&mut self, entry: &Entry) -> Entry {
        match entry {
            Entry::User(text) => Entry::User(text.clone()),
            Entry::Assistant { text, calls } => Entry::Assistant {
                text: text.clone(),
                calls: calls.iter().map(|call| self.renumber_call(call)).collect(),
            },
            Entry::ToolResult { call_id, name, result } => Entry::ToolResult {
                call_id: self.current.get(call_id).unwrap_or(call_id).clone(),
                name: name.clone(),
                result: result.clone(),
            },
        }
    }

    /// The new id has nine letters and digits: the format of the strictest provider.
    fn renumber_call(&mut self, call: &ToolCall) -> ToolCall {
        self.assigned += 1;
        let id = format!("call{:05}", self.assigned);
        self.current.insert(call.id.clone(), id.clone());
        ToolCall { id, ..call.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(ids: &[&str]) -> Entry {
        let calls = ids.iter().map(|id| ToolCall { id: (*id).to_owned(), ..ToolCall::default() });
        Entry::Assistant { text: String::new(), calls: calls.collect() }
    }

    fn result(id: &str) -> Entry {
        Entry::ToolResult { call_id: id.to_owned(), name: String::new(), result: Value::Null }
    }

    fn user() -> Entry {
        Entry::User("hi".to_owned())
    }

    #[test]
    fn call_ids_are_unique_over_all_turns() {
        let entries = [
            user(),
            calls(&["1", "2"]),
            result("2"),
            result("1"),
            user(),
            calls(&["1"]),
            result("1"),
        ];
        let expected = [
            user(),
            calls(&["call00001", "call00002"]),
            result("call00002"),
            result("call00001"),
            user(),
            calls(&["call00003"]),
            result("call00003"),
        ];
        assert_eq!(normalize_entries(&entries), expected);
    }

    #[test]
    fn history_starts_with_the_user() {
        let entries = [calls(&["1"]), result("1"), user(), calls(&[])];
        assert_eq!(normalize_entries(&entries), [user()], "and empty messages are dropped");
    }
}
