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
        Entry::Assistant { text, calls } => ("assistant", assistant_blocks(text, calls)),
        Entry::ToolResult { call_id, result, .. } => {
            let (kind, content) = ("tool_result", result.to_string());
            let block = json!({"type": kind, "tool_use_id": call_id, "content": content});
            ("user", vec![block])
        }
    }
}

/// Thinking, text and calls. The thinking that led to a call has to precede it, unchanged; the text
/// follows the thinking of the first call.
fn assistant_blocks(text: &str, calls: &[ToolCall]) -> Vec<Value> {
    let text = (!text.is_empty()).then(|| json!({"type": "text", "text": text}));
    let mut thinking = calls.iter().map(thinking_blocks);
    let mut blocks = thinking.next().unwrap_or_default();
    blocks.extend(text);
    for (index, call) in calls.iter().enumerate() {
        if index > 0 {
            blocks.extend(thinking.next().unwrap_or_default());
        }
        let input = history::arguments_object(call);
        blocks.push(json!({"type": "tool_use", "id": call.id, "name": call.name, "input": input}));
    }
    blocks
}

/// The blocks of thinking that came directly before a call of this provider.
fn thinking_blocks(call: &ToolCall) -> Vec<Value> {
    let data = call.signature.as_ref().and_then(|it| it.data.as_ref());
    data.and_then(Value::as_array).cloned().unwrap_or_default()
}

fn tool_json(spec: &Spec) -> Value {
    json!({
        "name": spec.name,
        "description": spec.description,
        "input_schema": spec.parameters,
    })
}
