//! Answers in the Gemini protocol.

use bytes::Bytes;
use serde_json::{Value, json};

use super::reply::{Call, End};

/// The signature of the first of parallel calls, which must be returned with the results.
pub(super) const SIGNATURE: &str = "c2lnbmF0dXJl";

pub(super) fn thinking(text: &str) -> Vec<Bytes> {
    vec![event(&[json!({"text": text, "thought": true})], None, None)]
}

pub(super) fn text(text: &str) -> Vec<Bytes> {
    vec![event(&[json!({"text": text})], None, None)]
}

/// All calls in one event. `index` is the position of the first of them in the answer.
pub(super) fn calls(index: usize, calls: &[Call]) -> Vec<Bytes> {
    let parts = (index..).zip(calls).map(|(index, call)| {
        let arguments = serde_json::from_str::<Value>(&call.arguments);
        // What other protocols send as broken JSON.
        let args = arguments.unwrap_or_else(|_| call.arguments.as_str().into());
        let mut part = json!({"functionCall": {"name": call.name, "args": args}});
        if let Some(id) = &call.id {
            part["functionCall"]["id"] = id.as_str().into();
        }
        if index == 0 {
            part["thoughtSignature"] = SIGNATURE.into();
        }
        part
    });
    let parts = parts.collect::<Vec<_>>();
    if parts.is_empty() { Vec::new() } else { vec![event(&parts, None, None)] }
}

/// The end and the usage.
pub(super) fn end(end: End, usage: Option<(u64, u64)>) -> Vec<Bytes> {
    let reason = match end {
        End::Complete => "STOP",
        End::Length => "MAX_TOKENS",
        End::Filtered => "SAFETY",
    };
    vec![event(&[json!({"text": ""})], Some(reason), usage)]
}

pub(super) fn failure(words: &str) -> Vec<Bytes> {
    vec![line(&json!({"error": {"code": 500, "message": words, "status": "INTERNAL"}}))]
}

fn event(parts: &[Value], finish_reason: Option<&str>, usage: Option<(u64, u64)>) -> Bytes {
    let content = json!({"role": "model", "parts": parts});
    let mut candidate = json!({"index": 0, "content": content});
    if let Some(reason) = finish_reason {
        candidate["finishReason"] = reason.into();
    }
    let mut event = json!({"candidates": [candidate]});
    if let Some((input, output)) = usage {
        event["usageMetadata"] = json!({"promptTokenCount": input, "candidatesTokenCount": output});
    }
    line(&event)
}

/// Gemini ends lines with CR LF.
fn line(event: &Value) -> Bytes {
    format!("data: {event}\r\n\r\n").into()
}
