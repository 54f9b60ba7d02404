//! Requests of the OpenAI protocol.

use serde_json::{Map, Value, json};
use tandem_task_tools::Spec;

use super::MAX_TOKENS_FIELDS;
use crate::http::Target;
use crate::{Entry, Prompt, ToolCall, history};

/// Google's documented value for calls of other models, which have no signature.
pub(crate) const NO_SIGNATURE: &str = "skip_thought_signature_validator";

/// Field of a call's data with what its message had besides content and calls.
pub(super) const MESSAGE_FIELDS: &str = "message";
/// Field of a call's data with what the call itself had.
pub(super) const EXTRA_CONTENT: &str = "extra_content";

pub(super) fn request_body(target: &Target, prompt: &Prompt) -> Value {
    let system = json!({"role": "system", "content": prompt.system});
    let is_google = target.host.ends_with(".googleapis.com");
    let entries = prompt.entries.iter().map(|entry| message_json(entry, is_google));
    let messages = [system].into_iter().chain(entries).collect::<Vec<_>>();
    let mut body = json!({
        "model": target.model,
        "messages": messages,
        "stream": true,
        "stream_options": {"include_usage": true},
    });
    if MAX_TOKENS_FIELDS.iter().all(|field| target.extra_body.get(field).is_none()) {
        body[max_tokens_field(&target.host)] = prompt.max_output_tokens.into();
    }
    // An empty list is rejected.
    if !prompt.tools.is_empty() {
        body["tools"] = prompt.tools.iter().map(tool_json).collect();
    }
    body
}

/// The name of the field for the maximum length of the response. OpenAI has renamed it; other servers
/// with the same protocol may know the old name only.
fn max_tokens_field(host: &str) -> &'static str {
    let [old, new] = MAX_TOKENS_FIELDS;
    let is_openai = host == "openai.com"
        || [".openai.com", ".openai.azure.com"].iter().any(|suffix| host.ends_with(suffix));
    if is_openai { new } else { old }
}

fn message_json(entry: &Entry, is_google: bool) -> Value {
    match entry {
        Entry::User(text) => json!({"role": "user", "content": text}),
        Entry::Assistant { text, calls } if calls.is_empty() => {
            json!({"role": "assistant", "content": text})
        }
        Entry::Assistant { text, calls } => {
            let mut message = Map::new();
            let own_fields = calls.iter().find_map(|call| data(call, MESSAGE_FIELDS));
            message.extend(own_fields.and_then(Value::as_object).cloned().unwrap_or_default());
            message.insert("role".to_owned(), "assistant".into());
            message.insert("content".to_owned(), json!((!text.is_empty()).then_some(text)));
            let calls = calls.iter().enumerate();
            let calls = calls.map(|(index, call)| tool_call_json(call, is_google && index == 0));
            message.insert("tool_calls".to_owned(), calls.collect());
            message.into()
        }
        Entry::ToolResult { call_id, result, .. } => {
            json!({"role": "tool", "tool_call_id": call_id, "content": result.to_string()})
        }
    }
}

/// A call with what its provider wants back. `needs_signature` is whether the server requires a
/// signature of every call, including those of other providers.
fn tool_call_json(call: &ToolCall, needs_signature: bool) -> Value {
    let arguments = history::arguments_object(call).to_string();
    let mut value = json!({
        "id": call.id,
        "type": "function",
        "function": {"name": call.name, "arguments": arguments},
    });
    if let Some(extra) = data(call, EXTRA_CONTENT) {
        value[EXTRA_CONTENT] = extra.clone();
    } else if needs_signature {
        value[EXTRA_CONTENT] = json!({"google": {"thought_signature": NO_SIGNATURE}});
    }
    value
}

fn data<'a>(call: &'a ToolCall, field: &str) -> Option<&'a Value> {
    call.signature.as_ref()?.data.as_ref()?.get(field)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_openai_gets_max_completion_tokens() {
        for host in ["api.openai.com", "eu.api.openai.com", "mine.openai.azure.com"] {
            assert_eq!(max_tokens_field(host), "max_completion_tokens", "{host}");
        }
        for host in ["127.0.0.1", "notopenai.com", "openai.com.example.org", ""] {
            assert_eq!(max_tokens_field(host), "max_tokens", "{host}");
        }
    }
}
