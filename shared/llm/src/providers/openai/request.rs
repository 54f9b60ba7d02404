//! Requests of the OpenAI protocol.

use serde_json::{Value, json};
use tandem_task_tools::Spec;

use crate::{Entry, Prompt, ToolCall, history};

pub(super) fn request_body(model: &str, max_tokens_field: &str, prompt: &Prompt) -> Value {
    let system = json!({"role": "system", "content": prompt.system});
    let entries = history::normalize_entries(&prompt.entries);
    let messages = [system].into_iter().chain(entries.iter().map(message_json)).collect::<Vec<_>>();
    let mut body = json!({
        "model": model,
        "messages": messages,
        "stream": true,
        "stream_options": {"include_usage": true},
        max_tokens_field: prompt.max_output_tokens,
    });
    // An empty list is rejected.
    if !prompt.tools.is_empty() {
        body["tools"] = prompt.tools.iter().map(tool_json).collect();
    }
    body
}

fn message_json(entry: &Entry) -> Value {
    match entry {
        Entry::User(text) => json!({"role": "user", "content": text}),
        Entry::Assistant { text, calls } if calls.is_empty() => {
            json!({"role": "assistant", "content": text})
        }
        Entry::Assistant { text, calls } => json!({
            "role": "assistant",
            "content": (!text.is_empty()).then_some(text),
            "tool_calls": calls.iter().map(tool_call_json).collect::<Vec<_>>(),
        }),
        Entry::ToolResult { call_id, result, .. } => {
            json!({"role": "tool", "tool_call_id": call_id, "content": result.to_string()})
        }
    }
}

fn tool_call_json(call: &ToolCall) -> Value {
    let arguments = history::arguments_object(call).to_string();
    let mut value = json!({
        "id": call.id,
        "type": "function",
        "function": {"name": call.name, "arguments": arguments},
    });
    if let Some(signature) = &call.signature {
        // Gemini models served over this protocol require it.
        value["extra_content"] = json!({"google": {"thought_signature": signature}});
    }
    value
}

fn tool_json(spec: &Spec) -> Value {
    json!({
        "type": "function",
        "function": {
            "name": spec.name,
            "description": spec.description,
            "parameters": spec.parameters,
        },
    })
}
