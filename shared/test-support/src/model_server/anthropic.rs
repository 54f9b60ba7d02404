//! Answers in the Anthropic protocol.

use bytes::Bytes;
use serde_json::{Value, json};

use super::reply::Answer;

/// The events of an answer: a block of text, a block for each call, the end.
pub(super) fn events(answer: &Answer) -> Vec<Bytes> {
    let (input, output) = answer.usage.unwrap_or_default();
    let usage = json!({"input_tokens": input, "output_tokens": 1});
    let mut events = vec![
        event(&json!({"type": "message_start", "message": {"role": "assistant", "usage": usage}})),
        event(&json!({"type": "ping"})),
    ];
    if !answer.text.is_empty() {
        let deltas = answer.text.iter().map(|text| json!({"type": "text_delta", "text": text}));
        events.extend(block(0, &json!({"type": "text", "text": ""}), deltas));
    }
    for (index, (name, arguments)) in (1..).zip(&answer.calls) {
        let middle = arguments.floor_char_boundary(arguments.len() / 2);
        let (first, second) = arguments.split_at(middle);
        let deltas = [first, second];
        let deltas = deltas.map(|it| json!({"type": "input_json_delta", "partial_json": it}));
        let id = format!("toolu_{index}");
        let start = json!({"type": "tool_use", "id": id, "name": name, "input": {}});
        events.extend(block(index, &start, deltas));
    }
    let reason = if answer.calls.is_empty() { "end_turn" } else { "tool_use" };
    events.push(event(&json!({
        "type": "message_delta",
        "delta": {"stop_reason": reason},
        "usage": {"output_tokens": output},
    })));
    events.push(event(&json!({"type": "message_stop"})));
    events
}

fn block(index: u32, start: &Value, deltas: impl IntoIterator<Item = Value>) -> Vec<Bytes> {
    let begin = json!({"type": "content_block_start", "index": index, "content_block": start});
    let deltas = deltas.into_iter().map(|delta| {
        event(&json!({"type": "content_block_delta", "index": index, "delta": delta}))
    });
    let end = json!({"type": "content_block_stop", "index": index});
    [event(&begin)].into_iter().chain(deltas).chain([event(&end)]).collect()
}

fn event(data: &Value) -> Bytes {
    let kind = data["type"].as_str().unwrap_or_default();
    format!("event: {kind}\ndata: {data}\n\n").into()
}
