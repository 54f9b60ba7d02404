//! What is posted to Anthropic.

use serde_json::{Value, json};
use tandem_task_tools::Spec;

use crate::{Call, Entry, Prompt, history};

pub(super) fn body(model: &str, prompt: &Prompt) -> Value {
    let mut body = json!({
        "model": model,
        "system": prompt.system,
        "messages": messages(&prompt.entries),
        "max_tokens": prompt.max_output_tokens,
        "stream": true,
    });
    if !prompt.tools.is_empty() {
        body["tools"] = prompt.tools.iter().map(tool).collect();
    }
    body
}

/// What was said, by user and assistant in turn: the answers of all tools called at once are one message
/// of the user.
fn messages(entries: &[Entry]) -> Vec<Value> {
    let mut turns: Vec<(&str, Vec<Value>)> = Vec::new();
    for entry in history::entries(entries) {
        let (role, blocks) = blocks(&entry);
        match turns.last_mut() {
            Some((last, said)) if *last == role => said.extend(blocks),
            _ => turns.push((role, blocks)),
        }
    }
    turns.into_iter().map(|(role, content)| json!({"role": role, "content": content})).collect()
}

fn blocks(entry: &Entry) -> (&'static str, Vec<Value>) {
    match entry {
        Entry::User(text) => ("user", vec![json!({"type": "text", "text": text})]),
        Entry::Assistant { text, calls } => {
            let text = (!text.is_empty()).then(|| json!({"type": "text", "text": text}));
            ("assistant", text.into_iter().chain(calls.iter().map(tool_use)).collect())
        }
        Entry::ToolResult { call_id, result, .. } => {
            let (kind, content) = ("tool_result", result.to_string());
            let block = json!({"type": kind, "tool_use_id": call_id, "content": content});
            ("user", vec![block])
        }
    }
}

fn tool_use(call: &Call) -> Value {
    let input = history::arguments(call);
    json!({"type": "tool_use", "id": call.id, "name": call.name, "input": input})
}

fn tool(spec: &Spec) -> Value {
    json!({
        "name": spec.name,
        "description": spec.description,
        "input_schema": spec.parameters,
    })
}
