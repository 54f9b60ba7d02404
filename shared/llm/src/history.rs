//! The conversation in a form that every provider accepts.

mod call_ids;
mod gaps;
#[cfg(test)]
mod tests;

use serde_json::{Value, json};

use crate::{Entry, Prompt, ToolCall};
use call_ids::CallIds;
use gaps::fill_gaps;

/// The name of a tool that the model invented: some providers refuse a name that no tool has, or one
/// with other characters than those of names.
pub(crate) const UNKNOWN_TOOL: &str = "unknown_tool";

/// Stands for a blank text, which some providers refuse.
const NO_TEXT: &str = "(no text)";

/// Normalizes the entries of a prompt for `provider`, the name of a provider in the settings:
///
/// - starts at the first user message, which providers require to be first;
/// - drops blank texts, and replaces invented tool names;
/// - makes call ids unique in the conversation instead of in the turn only: calls of the provider itself
///   keep its ids;
/// - removes the signatures of other providers;
/// - lets messages of user and assistant alternate ([`gaps`]).
pub(crate) fn normalize_entries(prompt: &Prompt, provider: &str) -> Vec<Entry> {
    let entries = prompt.entries.iter().skip_while(|entry| !matches!(entry, Entry::User(_)));
    let mut ids = CallIds::new(&prompt.entries, provider);
    let entries = entries.filter_map(|entry| match entry {
        Entry::User(text) => Some(Entry::User(text_or(text, NO_TEXT))),
        Entry::Assistant { text, calls } if text.trim().is_empty() && calls.is_empty() => None,
        Entry::Assistant { text, calls } => {
            let calls = calls.iter().map(|call| {
                ids.assign(ToolCall {
                    name: known_name(prompt, &call.name),
                    signature: call.signature.clone().filter(|it| it.provider == provider),
                    ..call.clone()
                })
            });
            Some(Entry::Assistant { text: text_or(text, ""), calls: calls.collect() })
        }
        Entry::ToolResult { call_id, name, result } => Some(Entry::ToolResult {
            call_id: ids.current(call_id),
            name: known_name(prompt, name),
            result: result.clone(),
        }),
    });
    fill_gaps(entries)
}

/// Normalizes the entries and joins consecutive ones of the same role into one message.
/// `role_and_parts` converts an entry to the provider's format.
pub(crate) fn group_by_role(
    entries: &[Entry],
    role_and_parts: impl Fn(&Entry) -> (&'static str, Vec<Value>),
) -> Vec<(&'static str, Vec<Value>)> {
    let mut messages: Vec<(&str, Vec<Value>)> = Vec::new();
    for entry in entries {
        let (role, parts) = role_and_parts(entry);
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

fn text_or(text: &str, replacement: &str) -> String {
    if text.trim().is_empty() { replacement.to_owned() } else { text.to_owned() }
}

fn known_name(prompt: &Prompt, name: &str) -> String {
    let is_known = prompt.tools.iter().any(|tool| tool.name == name);
    if is_known { name.to_owned() } else { UNKNOWN_TOOL.to_owned() }
}
