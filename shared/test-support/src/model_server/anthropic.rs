//! Answers in the Anthropic protocol.

use bytes::Bytes;
use serde_json::{Value, json};

use super::openai::halves;
use super::reply::{Call, End};

/// The signature of a block of thinking.
pub(super) fn signature(thinking: &str) -> String {
    format!("signed:{}", thinking.len())
}

pub(super) fn start(usage: Option<(u64, u64)>) -> Vec<Bytes> {
    let (input, _) = usage.unwrap_or_default();
    let usage = json!({"input_tokens": input, "output_tokens": 1});
    let message = json!({"role": "assistant", "usage": usage});
    vec![
        event(&json!({"type": "message_start", "message": message})),
        event(&json!({"type": "ping"})),
    ]
}

pub(super) fn thinking(block: u32, text: &str) -> Vec<Bytes> {
    let start = json!({"type": "thinking", "thinking": "", "signature": ""});
    let deltas = [
        json!({"type": "thinking_delta", "thinking": text}),
        json!({"type": "signature_delta", "signature": signature(text)}),
    ];
    [
        vec![start_block(block, &start)],
        deltas.iter().map(|it| delta(block, it)).collect(),
        vec![end_block(block)],
    ]
    .concat()
}

pub(super) fn start_text(block: u32) -> Bytes {
    start_block(block, &json!({"type": "text", "text": ""}))
}

pub(super) fn text(block: u32, text: &str) -> Bytes {
    delta(block, &json!({"type": "text_delta", "text": text}))
}

pub(super) fn call(block: u32, index: usize, call: &Call) -> Vec<Bytes> {
    let id = call.id.clone().unwrap_or_else(|| format!("toolu_{}", index + 1));
    let start = json!({"type": "tool_use", "id": id, "name": call.name, "input": {}});
    let (first, second) = halves(&call.arguments);
    let deltas = [first, second].map(|it| json!({"type": "input_json_delta", "partial_json": it}));
    let deltas = deltas.iter().map(|it| delta(block, it));
    [start_block(block, &start)].into_iter().chain(deltas).chain([end_block(block)]).collect()
}

pub(super) fn end_block(block: u32) -> Bytes {
    event(&json!({"type": "content_block_stop", "index": block}))
}

/// The end and the usage. `refusal` is the explanation of a refusal.
pub(super) fn end(
    end: End,
    has_calls: bool,
    usage: Option<(u64, u64)>,
    refusal: Option<&str>,
) -> Vec<Bytes> {
    let reason = match end {
        _ if refusal.is_some() => "refusal",
        End::Complete if has_calls => "tool_use",
        End::Complete => "end_turn",
        End::Length => "max_tokens",
        End::Filtered => "refusal",
    };
    let details = refusal.map(|it| json!({"type": "refusal", "category": null, "explanation": it}));
    let (_, output) = usage.unwrap_or_default();
    let delta = json!({"stop_reason": reason, "stop_details": details});
    let usage = json!({"output_tokens": output});
    vec![
        event(&json!({"type": "message_delta", "delta": delta, "usage": usage})),
        event(&json!({"type": "message_stop"})),
    ]
}

pub(super) fn failure(words: &str) -> Vec<Bytes> {
    vec![event(&json!({"type": "error", "error": {"type": "api_error", "message": words}}))]
}

fn start_block(block: u32, content: &Value) -> Bytes {
    event(&json!({"type": "content_block_start", "index": block, "content_block": content}))
}

fn delta(block: u32, delta: &Value) -> Bytes {
    event(&json!({"type": "content_block_delta", "index": block, "delta": delta}))
}

fn event(data: &Value) -> Bytes {
    let kind = data["type"].as_str().unwrap_or_default();
    format!("event: {kind}\ndata: {data}\n\n").into()
}
