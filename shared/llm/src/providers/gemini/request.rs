//! Requests of the Gemini protocol.

use serde_json::{Value, json};
use tandem_task_tools::Spec;

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
    let messages = history::group_by_role(entries, role_and_parts);
    messages.into_iter().map(|(role, parts)| json!({"role": role, "parts": parts})).collect()
}

fn role_and_parts(entry: &Entry) -> (&'static str, Vec<Value>) {
    match entry {
        Entry::User(text) => ("user", vec![json!({"text": text})]),
        Entry::Assistant { text, calls } => {
            let text = (!text.is_empty()).then(|| json!({"text": text}));
            ("model", text.into_iter().chain(calls.iter().map(function_call_json)).collect())
        }
        Entry::ToolResult { name, result, .. } => {
            let response = history::result_object(result);
            ("user", vec![json!({"functionResponse": {"name": name, "response": response}})])
        }
    }
}

fn function_call_json(call: &ToolCall) -> Value {
    let args = history::arguments_object(call);
    let mut part = json!({"functionCall": {"name": call.name, "args": args}});
    if let Some(signature) = &call.signature {
        part["thoughtSignature"] = signature.as_str().into();
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
