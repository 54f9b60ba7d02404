//! Streams of different servers, which interpret the protocol differently.

use serde_json::json;

use super::*;
use crate::ToolCall;

fn decode_calls(deltas: &[Value]) -> Vec<ToolCall> {
    let mut stream = OpenAiStream::default();
    for delta in deltas {
        let event = json!({"choices": [{"delta": {"tool_calls": delta}}]});
        assert_eq!(stream.decode_event(&event.to_string()).expect("an event"), None);
    }
    stream.decode_event("[DONE]").expect("an event");
    let chunks = stream.finish().expect("a complete response").into_iter();
    let calls = chunks.map(|chunk| match chunk {
        Chunk::ToolCall(call) => call,
        other => panic!("expected a tool call: {other:?}"),
    });
    calls.collect()
}

fn names_and_arguments(calls: &[ToolCall]) -> Vec<(&str, String)> {
    calls.iter().map(|call| (call.name.as_str(), call.arguments.to_string())).collect()
}

#[test]
fn deltas_are_joined_by_index() {
    let calls = decode_calls(&[
        json!([{"index": 0, "id": "a", "function": {"name": "one", "arguments": ""}}]),
        json!([{"index": 1, "id": "b", "function": {"name": "two", "arguments": "{\"x\""}}]),
        json!([{"index": 0, "function": {"arguments": "{}"}}]),
        json!([{"index": 1, "id": "b", "function": {"name": "two", "arguments": ":1}"}}]),
    ]);
    assert_eq!(names_and_arguments(&calls), [("one", "{}".into()), ("two", "{\"x\":1}".into())]);
    assert_eq!((calls[0].id.as_str(), calls[1].id.as_str()), ("a", "b"));
}

#[test]
fn calls_without_index_or_id_are_distinct() {
    let calls = decode_calls(&[
        json!([{"function": {"name": "one", "arguments": "{}"}}]),
        json!([{"function": {"name": "two", "arguments": "{\"y\":"}}]),
        json!([{"function": {"arguments": "2}"}}, {"function": {"name": "two"}}]),
    ]);
    let expected = [("one", "{}".into()), ("two", "{\"y\":2}".into()), ("two", "{}".into())];
    assert_eq!(names_and_arguments(&calls), expected);
    assert!(calls.iter().all(|call| !call.id.is_empty()), "{calls:?}");
    assert_ne!(calls[0].id, calls[1].id);
}

#[test]
fn calls_with_equal_index_are_distinct() {
    let calls = decode_calls(&[json!([
        {"index": 0, "id": "a", "function": {"name": "one", "arguments": "{}"}},
        {"index": 0, "id": "b", "function": {"name": "two", "arguments": "{}"}},
    ])]);
    assert_eq!(names_and_arguments(&calls), [("one", "{}".into()), ("two", "{}".into())]);
}

#[test]
fn a_huge_index_allocates_nothing() {
    let delta = json!([{"index": u64::MAX, "function": {"name": "one", "arguments": "{}"}}]);
    assert_eq!(decode_calls(&[delta]).len(), 1);
}

#[test]
fn a_call_keeps_its_signature() {
    let calls = decode_calls(&[json!([{
        "id": "a",
        "function": {"name": "one", "arguments": "{}"},
        "extra_content": {"google": {"thought_signature": "c2ln"}},
    }])]);
    assert_eq!(calls[0].signature.as_deref(), Some("c2ln"));
}

#[test]
fn invalid_arguments_are_kept_as_text() {
    let delta = json!([{"index": 0, "function": {"name": "one", "arguments": "{\"x\": "}}]);
    assert_eq!(decode_calls(&[delta])[0].arguments, json!("{\"x\": "));
}

#[test]
fn a_truncated_response_is_an_error() {
    let text = json!({"choices": [{"delta": {"content": "Hello"}, "finish_reason": null}]});
    let mut stream = OpenAiStream::default();
    assert_eq!(stream.decode_event(&text.to_string()).expect("an event").as_deref(), Some("Hello"));
    assert!(stream.finish().is_err());

    let stop = json!({"choices": [{"delta": {}, "finish_reason": "stop"}]});
    stream.decode_event(&stop.to_string()).expect("an event");
    let usage = json!({"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 2}});
    stream.decode_event(&usage.to_string()).expect("an event");
    let usage = Usage { input_tokens: 7, output_tokens: 2 };
    assert_eq!(stream.finish().expect("a complete response"), [Chunk::Usage(usage)]);
}
