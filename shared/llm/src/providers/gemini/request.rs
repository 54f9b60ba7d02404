//! What is posted to Gemini.

use serde_json::{Value, json};
use tandem_task_tools::Spec;

use crate::{Call, Entry, Prompt, history};

pub(super) fn body(prompt: &Prompt) -> Value {
    let mut body = json!({
        "systemInstruction": {"parts": [{"text": prompt.system}]},
        "contents": contents(&prompt.entries),
        "generationConfig": {"maxOutputTokens": prompt.max_output_tokens},
    });
    if !prompt.tools.is_empty() {
        let tools = prompt.tools.iter().map(declaration).collect::<Vec<_>>();
        body["tools"] = json!([{"functionDeclarations": tools}]);
    }
    body
}

/// What was said, in turns of user and model: the answers of tools are the user's.
fn contents(entries: &[Entry]) -> Vec<Value> {
    let mut turns: Vec<(&str, Vec<Value>)> = Vec::new();
    for entry in history::entries(entries) {
        let (role, parts) = parts(&entry);
        match turns.last_mut() {
            Some((last, said)) if *last == role => said.extend(parts),
            _ => turns.push((role, parts)),
        }
    }
    turns.into_iter().map(|(role, parts)| json!({"role": role, "parts": parts})).collect()
}

fn parts(entry: &Entry) -> (&'static str, Vec<Value>) {
    match entry {
        Entry::User(text) => ("user", vec![json!({"text": text})]),
        Entry::Assistant { text, calls } => {
            let text = (!text.is_empty()).then(|| json!({"text": text}));
            ("model", text.into_iter().chain(calls.iter().map(call)).collect())
        }
        Entry::ToolResult { name, result, .. } => {
            let response = history::result(result);
            ("user", vec![json!({"functionResponse": {"name": name, "response": response}})])
        }
    }
}

fn call(call: &Call) -> Value {
    let args = history::arguments(call);
    let mut part = json!({"functionCall": {"name": call.name, "args": args}});
    if let Some(signature) = &call.signature {
        part["thoughtSignature"] = signature.as_str().into();
    }
    part
}

fn declaration(spec: &Spec) -> Value {
    json!({
        "name": spec.name,
        "description": spec.description,
        "parametersJsonSchema": spec.parameters,
    })
}
