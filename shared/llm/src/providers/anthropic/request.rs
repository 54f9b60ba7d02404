//! Requests of the Anthropic protocol.

use serde_json::{Value, json};
use tandem_task_tools::Spec;

use crate::{Entry, Prompt, ToolCall, history};

pub(super) fn request_body(model: &str, prompt: &Prompt) -> Value {
    let mut body = json!({
        "model": model,
        "system": prompt.system,
        "messages": messages_json(&prompt.entries),
        "max_tokens": prompt.max_output_tokens,
        "stream": true,
    });
    if !prompt.tools.is_empty() {
        body["tools"] = prompt.tools.iter().map(tool_json).collect();
    }
    body
}

/// Alternating messages of user and assistant. The results of parallel tool calls are one message of
/// the user.
fn messages_json(entries: &[Entry]) -> Vec<Value> {
    let messages = history::group_by_role(entries, role_and_blocks);
    messages.into_iter().map(|(role, blocks)| json!({"role": role, "content": blocks})).collect()
}

fn role_and_blocks(entry: &Entry) -> (&'static str, Vec<Value>) {
    match entry {
        Entry::User(text) => ("user", vec![json!({"type": "text", "text": text})]),
        Entry::Assistant { text, calls } => {
            let text = (!text.is_empty()).then(|| json!({"type": "text", "text": text}));
            ("assistant", text.into_iter().chain(calls.iter().map(tool_use_json)).collect())
        }
        Entry::ToolResult { call_id, result, .. } => {
            let (kind, content) = ("tool_result", result.to_string());
            let block = json!({"type": kind, "tool_use_id": call_id, "content": content});
            ("user", vec![block])
        }
    }
}

fn tool_use_json(call: &ToolCall) -> Value {
    let input = history::arguments_object(call);
    json!({"type": "tool_use", "id": call.id, "name": call.name, "input": input})
}

fn tool_json(spec: &Spec) -> Value {
    json!({
        "name": spec.name,
        "description": spec.description,
        "input_schema": spec.parameters,
    })
}
