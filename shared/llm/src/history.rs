//! The conversation in the form that every provider takes.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{Call, Entry};

/// The entries with ids that are unique in the whole conversation, not only in their turn; from the
/// first message of the user on, which providers want a conversation to begin with; without the
/// assistant's empty messages.
pub(super) fn entries(entries: &[Entry]) -> Vec<Entry> {
    let mut ids = Ids::default();
    let said = entries.iter().skip_while(|entry| !matches!(entry, Entry::User(_)));
    said.filter(|entry| !is_empty(entry)).map(|entry| ids.renamed(entry)).collect()
}

/// What a call was made with, as the object that providers want it to be.
pub(super) fn arguments(call: &Call) -> Value {
    object(&call.arguments, "unreadable")
}

/// What a tool answered, as an object.
pub(super) fn result(result: &Value) -> Value {
    object(result, "result")
}

fn object(value: &Value, name: &str) -> Value {
    if value.is_object() { value.clone() } else { json!({ name: value }) }
}

fn is_empty(entry: &Entry) -> bool {
    matches!(entry, Entry::Assistant { text, calls } if text.is_empty() && calls.is_empty())
}

/// Gives out ids.
#[derive(Default)]
struct Ids {
    given: usize,
    current: HashMap<String, String>,
}

impl Ids {
    fn renamed(&mut self, entry: &Entry) -> Entry {
        match entry {
            Entry::User(text) => Entry::User(text.clone()),
            Entry::Assistant { text, calls } => {
                let calls =
                    calls.iter().map(|call| Call { id: self.next(&call.id), ..call.clone() });
                Entry::Assistant { text: text.clone(), calls: calls.collect() }
            }
            Entry::ToolResult { call_id, name, result } => Entry::ToolResult {
                call_id: self.current.get(call_id).unwrap_or(call_id).clone(),
                name: name.clone(),
                result: result.clone(),
            },
        }
    }

    /// Nine letters and digits, which is what the strictest provider takes.
    fn next(&mut self, id: &str) -> String {
        self.given += 1;
        let new = format!("call{:05}", self.given);
        self.current.insert(id.to_owned(), new.clone());
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(ids: &[&str]) -> Entry {
        let call = |id: &&str| Call { id: (*id).to_owned(), ..Call::default() };
        Entry::Assistant { text: String::new(), calls: ids.iter().map(call).collect() }
    }

    fn result(id: &str) -> Entry {
        Entry::ToolResult { call_id: id.to_owned(), name: String::new(), result: Value::Null }
    }

    #[test]
    fn ids_are_unique_over_turns_and_results_keep_to_their_calls() {
        let user = || Entry::User("hi".to_owned());
        let said = [
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
        assert_eq!(entries(&said), expected);
    }

    #[test]
    fn a_conversation_begins_with_its_user_and_holds_no_empty_message() {
        let user = Entry::User("hi".to_owned());
        let said = [calls(&["1"]), result("1"), user.clone(), calls(&[])];
        assert_eq!(entries(&said), [user]);
    }
}
