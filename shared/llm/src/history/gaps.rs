//! Gaps in a conversation. A turn that failed or was cancelled leaves a message without an answer, or a
//! result after which the user speaks. Templates of many models refuse both.

use serde_json::json;

use crate::Entry;

/// Stands for an answer that was not given.
const NO_ANSWER: &str = "(no answer)";

/// Adds an answer where the user speaks twice or after a tool, and a result to each call without one.
pub(super) fn fill_gaps(entries: impl Iterator<Item = Entry>) -> Vec<Entry> {
    let mut filled: Vec<Entry> = Vec::new();
    let mut open_calls: Vec<(String, String)> = Vec::new();
    for entry in entries {
        if let Entry::ToolResult { call_id, .. } = &entry {
            let count = open_calls.len();
            open_calls.retain(|(id, _)| id != call_id);
            if open_calls.len() == count {
                // Of a call that is not in the prompt.
                continue;
            }
        } else {
            filled.extend(open_calls.drain(..).map(missing_result));
        }
        match &entry {
            Entry::User(_) if !matches!(filled.last(), None | Some(Entry::Assistant { .. })) => {
                filled.push(Entry::Assistant { text: NO_ANSWER.to_owned(), calls: Vec::new() });
            }
            Entry::Assistant { calls, .. } => {
                open_calls.extend(calls.iter().map(|it| (it.id.clone(), it.name.clone())));
            }
            _ => {}
        }
        filled.push(entry);
    }
    filled.extend(open_calls.drain(..).map(missing_result));
    filled
}

fn missing_result((call_id, name): (String, String)) -> Entry {
    let result = json!({"status": "error", "code": "CANCELLED", "message": "not carried out"});
    Entry::ToolResult { call_id, name, result }
}
