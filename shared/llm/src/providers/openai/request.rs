//! What is posted to a server that speaks the OpenAI protocol.

use serde_json::{Value, json};
use tandem_task_tools::Spec;

use super::OpenAi;
use crate::{Call, Entry, Prompt, history};

pub(super) fn body(to: &OpenAi, prompt: &Prompt) -> Value {
    let system = json!({"role": "system", "content": prompt.system});
    let said = history::entries(&prompt.entries);
    let messages = [system].into_iter().chain(said.iter().map(message)).collect::<Vec<_>>();
    let mut body = json!({
        "model": to.model,
        "messages": messages,
        "stream": true,
        "stream_options": {"include_usage": true},
        to.limit: prompt.max_output_tokens,
    });
    // An empty list is refused.
    if !prompt.tools.is_empty() {
        body["tools"] = prompt.tools.iter().map(tool).collect();
    }
    body
}

fn message(entry: &Entry) -> Value {
    match entry {
        Entry::User(text) => json!({"role": "user", "content": text}),
        Entry::Assistant { text, calls } if calls.is_empty() => {
            json!({"role": "assistant", "content": text})
        }
        Entry::Assistant { text, calls } => json!({
            "role": "assistant",
            "content": (!text.is_empty()).then_some(text),
            "tool_calls": calls.iter().map(tool_call).collect::<Vec<_>>(),
        }),
        Entry::ToolResult { call_id, result, .. } => {
            json!({"role": "tool", "tool_call_id": call_id, "content": result.to_string()})
        }
    }
}

fn tool_call(call: &Call) -> Value {
    let arguments = history::arguments(call).to_string();
    let mut value = json!({
        "id": call.id,
        "type": "function",
        "function": {"name": call.name, "arguments": arguments},
    });
    if let Some(signature) = &call.signature {
        // Gemini behind this protocol.
        value["extra_content"] = json!({"google": {"thought_signature": signature}});
    }
    value
}

fn tool(spec: &Spec) -> Value {
    json!({
        "type": "function",
        "function": {
            "name": spec.name,
            "description": spec.description,
            "parameters": spec.parameters,
        },
    })
}
