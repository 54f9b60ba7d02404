//! The messages of a conversation as prompt entries.

use chrono_tz::Tz;
use tandem_llm::{self as llm, Entry};

use super::TIME_ZONE;
use crate::agent::Limits;
use crate::domain::{Message, Role, ToolCall};

/// The estimate for token counts.
pub(super) const CHARS_PER_TOKEN: usize = 4;

/// The time zone of the newest message that names one, or the default.
pub(super) fn find_time_zone(messages: &[Message], limits: &Limits) -> Tz {
    let named = messages.iter().rev().find_map(|message| message.metadata.get(TIME_ZONE));
    let zone = named.map_or(limits.time_zone.as_str(), String::as_str);
    zone.parse().unwrap_or(Tz::UTC)
}

/// The newest messages within the budget, and always the last one.
pub(super) fn newest_within_budget(messages: &[Message], tokens: usize) -> &[Message] {
    let mut chars_left = tokens * CHARS_PER_TOKEN;
    let mut count = 0;
    for message in messages.iter().rev() {
        let chars = count_chars(message);
        if chars > chars_left {
            break;
        }
        chars_left -= chars;
        count += 1;
    }
    &messages[messages.len().saturating_sub(count.max(1))..]
}

/// The approximate size of a message in a prompt.
fn count_chars(message: &Message) -> usize {
    let calls = message.tool_calls.iter().map(|call| {
        let result = call.result.as_ref().map(ToString::to_string);
        call.arguments.to_string().len() + result.map_or(0, |result| result.len())
    });
    message.content.chars().count() + calls.sum::<usize>()
}

/// A stored message as the model received or produced it: first the tool calls, then the text.
pub(super) fn message_entries(message: &Message) -> Vec<Entry> {
    if message.role == Role::User {
        return vec![Entry::User(message.content.clone())];
    }
    let mut entries = Vec::new();
    if !message.tool_calls.is_empty() {
        let calls = message.tool_calls.iter().map(past_call).collect();
        entries.push(Entry::Assistant { text: String::new(), calls });
        entries.extend(message.tool_calls.iter().map(past_result));
    }
    entries.push(Entry::Assistant { text: message.content.clone(), calls: Vec::new() });
    entries
}

fn past_call(call: &ToolCall) -> llm::ToolCall {
    llm::ToolCall {
        id: call.id.clone(),
        name: call.name.clone(),
        arguments: call.arguments.clone(),
        signature: None,
    }
}

fn past_result(call: &ToolCall) -> Entry {
    Entry::ToolResult {
        call_id: call.id.clone(),
        name: call.name.clone(),
        result: call.result.clone().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests;
