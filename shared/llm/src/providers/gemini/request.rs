//! Requests of the Gemini protocol.

use std::collections::HashSet;

use serde_json::{Value, json};
use tandem_task_tools::Spec;

use crate::providers::openai::request::NO_SIGNATURE;
use crate::{Entry, Prompt, ToolCall, history};

pub(super) fn request_body(prompt: &Prompt) -> Value {
    let mut body = json!({
        "systemInstruction": {"parts": [{"text": prompt.system}]},
        "contents": contents_json(&prompt.entries),
        "generationConfig": {"maxOutputTokens": prompt.max_output_tokens},
    });
    if !prompt.tools.is_empty() {
        let tools = prompt.tools.iter().map(tool_json).collect::<Vec<_>>();
        body["tools"] = json!([{"functionDeclarations": tools}]);
    }
    body
}

/// Alternating messages of user and model. Tool results have the role of the user.
fn contents_json(entries: &[Entry]) -> Vec<Value> {
    let own_ids = entries.iter().flat_map(own_call_ids).collect();
    let messages = history::group_by_role(entries, |entry| role_and_parts(entry, &own_ids));
    messages.into_iter().map(|(role, parts)| json!({"role": role, "parts": parts})).collect()
}

/// The ids that Gemini gave to calls of an entry, and wants back.
fn own_call_ids(entry: &Entry) -> impl Iterator<Item = &str> {
    let calls = match entry {
        Entry::Assistant { calls, .. } => calls.as_slice(),
        Entry::User(_) | Entry::ToolResult { .. } => &[],
    };
    let signatures = calls.iter().filter_map(|call| call.signature.as_ref());
    signatures.map(|it| it.call_id.as_str()).filter(|id| !id.is_empty())
}

fn role_and_parts(entry: &Entry, own_ids: &HashSet<&str>) -> (&'static str, Vec<Value>) {
    match entry {
        Entry::User(text) => ("user", vec![json!({"text": text})]),
        Entry::Assistant { text, calls } => {
            let text = (!text.is_empty()).then(|| json!({"text": text}));
            let calls = calls.iter().enumerate();
            let calls = calls.map(|(index, call)| function_call_json(call, index == 0));
            ("model", text.into_iter().chain(calls).collect())
        }
        Entry::ToolResult { call_id, name, result } => {
            let mut response = json!({"name": name, "response": history::result_object(result)});
            if own_ids.contains(call_id.as_str()) {
                response["id"] = call_id.as_str().into();
            }
            ("user", vec![json!({"functionResponse": response})])
        }
    }
}

/// A call with its signature. Gemini 3 refuses a step whose first call has none; calls of other models
/// get the value that Google documents for them.
fn function_call_json(call: &ToolCall, is_first: bool) -> Value {
    let mut function_call = json!({"name": call.name, "args": history::arguments_object(call)});
    let signature = call.signature.as_ref();
    if let Some(signature) = signature.filter(|it| !it.call_id.is_empty()) {
        function_call["id"] = signature.call_id.as_str().into();
    }
    let mut part = json!({"functionCall": function_call});
    if let Some(data) = signature.and_then(|it| it.data.as_ref()) {
        part["thoughtSignature"] = data.clone();
    } else if is_first {
        part["thoughtSignature"] = NO_SIGNATURE.into();
    }
    part
}

fn tool_json(spec: &Spec) -> Value {
    json!({
        "name": spec.name,
        "description": spec.description,
        "parametersJsonSchema": spec.parameters,
    })
}
