//! Answers in the Gemini protocol.

use bytes::Bytes;
use serde_json::{Value, json};

use super::reply::Answer;

/// The signature of the first of parallel calls, which must be returned with the results.
pub(super) const SIGNATURE: &str = "c2lnbmF0dXJl";

/// The events of an answer: its text, all calls in one event, the end.
pub(super) fn events(answer: &Answer) -> Vec<Bytes> {
    let text = answer.text.iter().map(|text| event(&[json!({"text": text})], None, None));
    let calls = answer.calls.iter().enumerate().map(|(index, (name, arguments))| {
        let args = serde_json::from_str::<Value>(arguments).unwrap_or_default();
        let mut part = json!({"functionCall": {"name": name, "args": args}});
        if index == 0 {
            part["thoughtSignature"] = SIGNATURE.into();
        }
        part
    });
    let calls = calls.collect::<Vec<_>>();
    let calls = (!calls.is_empty()).then(|| event(&calls, None, None));
    let thought =
        event(&[json!({"text": "What does the user want?", "thought": true})], None, None);
    let end = event(&[json!({"text": ""})], Some("STOP"), answer.usage);
    [thought].into_iter().chain(text).chain(calls).chain([end]).collect()
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
    // Gemini ends lines with CR LF.
    format!("data: {event}\r\n\r\n").into()
}
