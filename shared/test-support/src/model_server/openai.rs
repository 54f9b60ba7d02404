//! Answers in the OpenAI protocol.

use bytes::Bytes;
use serde_json::{Value, json};

use super::reply::{Call, End};

pub(super) fn thinking(text: &str) -> Vec<Bytes> {
    vec![chunk(&json!({"reasoning_content": text}), None)]
}

pub(super) fn text(text: &str) -> Vec<Bytes> {
    vec![chunk(&json!({"content": text}), None)]
}

pub(super) fn refusal(text: &str) -> Vec<Bytes> {
    vec![chunk(&json!({"refusal": text}), None)]
}

/// The pieces of a call.
pub(super) fn call(index: usize, call: &Call) -> Vec<Bytes> {
    let (first, second) = halves(&call.arguments);
    let begin = json!({"name": call.name, "arguments": ""});
    let id = call.id.clone().unwrap_or_else(|| format!("call_{index}"));
    let deltas = [
        json!({"index": index, "id": id, "type": "function", "function": begin}),
        json!({"index": index, "function": {"arguments": first}}),
        json!({"index": index, "function": {"arguments": second}}),
    ];
    deltas.iter().map(|delta| chunk(&json!({"tool_calls": [delta]}), None)).collect()
}

/// The end and the usage.
pub(super) fn end(end: End, has_calls: bool, usage: Option<(u64, u64)>) -> Vec<Bytes> {
    let reason = match end {
        End::Complete if has_calls => "tool_calls",
        End::Complete => "stop",
        End::Length => "length",
        End::Filtered => "content_filter",
    };
    let usage = usage.map(|(input, output)| {
        let usage = json!({"prompt_tokens": input, "completion_tokens": output});
        event(&json!({"choices": [], "usage": usage}).to_string())
    });
    [chunk(&json!({}), Some(reason))].into_iter().chain(usage).chain([event("[DONE]")]).collect()
}

pub(super) fn failure(words: &str) -> Vec<Bytes> {
    vec![event(&json!({"error": {"message": words}}).to_string())]
}

/// The two halves of a text.
pub(super) fn halves(text: &str) -> (&str, &str) {
    text.split_at(text.floor_char_boundary(text.len() / 2))
}

fn chunk(delta: &Value, finish_reason: Option<&str>) -> Bytes {
    let choice = json!({"index": 0, "delta": delta, "finish_reason": finish_reason});
    event(&json!({"object": "chat.completion.chunk", "choices": [choice]}).to_string())
}

fn event(data: &str) -> Bytes {
    format!("data: {data}\n\n").into()
}
