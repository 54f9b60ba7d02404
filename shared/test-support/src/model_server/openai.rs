//! Answers in the OpenAI protocol.

use bytes::Bytes;
use serde_json::{Value, json};

use super::reply::Answer;

/// The events of an answer: its text, the pieces of its calls, the end, the usage.
pub(super) fn events(answer: &Answer) -> Vec<Bytes> {
    let text = answer.text.iter().map(|text| chunk(&json!({"content": text}), None));
    let calls = answer.calls.iter().enumerate().flat_map(|(index, (name, arguments))| {
        let middle = arguments.floor_char_boundary(arguments.len() / 2);
        let (first, second) = arguments.split_at(middle);
        let begin = json!({"name": name, "arguments": ""});
        [
            call(&json!({"index": index, "id": format!("call_{index}"), "type": "function", "function": begin})),
            call(&json!({"index": index, "function": {"arguments": first}})),
            call(&json!({"index": index, "function": {"arguments": second}})),
        ]
    });
    let reason = if answer.calls.is_empty() { "stop" } else { "tool_calls" };
    let usage = answer.usage.map(|(input, output)| {
        let usage = json!({"prompt_tokens": input, "completion_tokens": output});
        event(&json!({"choices": [], "usage": usage}).to_string())
    });
    text.chain(calls)
        .chain([chunk(&json!({}), Some(reason))])
        .chain(usage)
        .chain([event("[DONE]")])
        .collect()
}

fn call(delta: &Value) -> Bytes {
    chunk(&json!({"tool_calls": [delta]}), None)
}

fn chunk(delta: &Value, finish_reason: Option<&str>) -> Bytes {
    let choice = json!({"index": 0, "delta": delta, "finish_reason": finish_reason});
    event(&json!({"object": "chat.completion.chunk", "choices": [choice]}).to_string())
}

fn event(data: &str) -> Bytes {
    format!("data: {data}\n\n").into()
}
