//! Streams of different servers, which interpret the protocol differently.

use serde_json::{Value, json};

use super::*;
use crate::ToolCall;

fn decode_calls(deltas: &[Value]) -> Vec<ToolCall> {
    decode_messages(&deltas.iter().map(|it| json!({"tool_calls": it})).collect::<Vec<_>>())
}

fn decode_messages(deltas: &[Value]) -> Vec<ToolCall> {
    let mut stream = OpenAiStream::default();
    for delta in deltas {
        let event = json!({"choices": [{"delta": delta}]});
        let text = stream.decode_event(&event.to_string()).expect("an event");
        assert_eq!(text.unwrap_or_default(), "");
    }
    stream.decode_event("[DONE]").expect("an event");
    stream.finish().expect("a complete response").calls
}

fn names_and_arguments(calls: &[ToolCall]) -> Vec<(&str, String)> {
    calls.iter().map(|call| (call.name.as_str(), call.arguments.to_string())).collect()
}

/// What the server wants back with a call.
fn data(call: &ToolCall) -> &Value {
    call.signature.as_ref().and_then(|it| it.data.as_ref()).expect("data")
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
fn one_id_under_two_indexes_is_one_call() {
    let whole = |index| json!([{"index": index, "id": "a", "function": {"name": "one", "arguments": "{}"}}]);
    assert_eq!(names_and_arguments(&decode_calls(&[whole(0), whole(1)])), [("one", "{}".into())]);
    let begin = json!([{"index": 1, "id": "a", "function": {"name": "one", "arguments": ""}}]);
    let rest = json!([{"index": 1, "function": {"arguments": "{}"}}]);
    let calls = decode_calls(&[whole(0), begin, rest]);
    assert_eq!(names_and_arguments(&calls), [("one", "{}".into())]);
    let calls = decode_calls(&[
        json!([{"index": 0, "id": "a", "function": {"name": "one", "arguments": "{\"x\":"}}]),
        json!([{"index": 1, "id": "a", "function": {"arguments": "1}"}}]),
    ]);
    assert_eq!(names_and_arguments(&calls), [("one", "{\"x\":1}".into())]);
}

#[test]
fn a_repeated_name_continues_its_call() {
    let calls = decode_calls(&[
        json!([{"index": 0, "id": "a", "function": {"name": "one", "arguments": "{\"x\":"}}]),
        json!([{"index": 0, "function": {"name": "one", "arguments": "1}"}}]),
        json!([{"index": 0, "function": {"name": "one", "arguments": ""}}]),
    ]);
    assert_eq!(names_and_arguments(&calls), [("one", "{\"x\":1}".into())]);
}

#[test]
fn arguments_may_be_an_object() {
    let calls = decode_calls(&[json!([{"function": {"name": "one", "arguments": {"x": [1]}}}])]);
    assert_eq!(calls[0].arguments, json!({"x": [1]}));
}

#[test]
fn a_huge_index_allocates_nothing() {
    let delta = json!([{"index": u64::MAX, "function": {"name": "one", "arguments": "{}"}}]);
    assert_eq!(decode_calls(&[delta]).len(), 1);
}

#[test]
fn a_call_keeps_what_its_server_wants_back() {
    let extra = json!({"google": {"thought_signature": "c2ln"}});
    let calls = decode_messages(&[
        json!({"reasoning_content": "The user "}),
        json!({"content": null, "reasoning_content": "wants milk."}),
        json!({"tool_calls": [{
            "id": "a",
            "function": {"name": "one", "arguments": "{}"},
            "extra_content": extra,
        }]}),
    ]);
    let message = json!({"reasoning_content": "The user wants milk."});
    assert_eq!(data(&calls[0]), &json!({"extra_content": extra, "message": message}));
}

#[test]
fn invalid_arguments_are_kept_as_text() {
    let delta = json!([{"index": 0, "function": {"name": "one", "arguments": "{\"x\": "}}]);
    assert_eq!(decode_calls(&[delta])[0].arguments, json!("{\"x\": "));
}

#[test]
fn content_may_be_a_list_of_parts() {
    let parts = json!([{"type": "thinking", "thinking": []}, {"type": "text", "text": "Hello"}]);
    let event = json!({"choices": [{"message": {"content": parts}, "finish_reason": "stop"}]});
    let mut stream = OpenAiStream::default();
    let text = stream.decode_event(&event.to_string()).expect("an event");
    assert_eq!(text.as_deref(), Some("Hello"));
    assert_eq!(stream.finish().expect("a complete response").reason, StopReason::Complete);
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
    assert_eq!(stream.usage(), Usage { input_tokens: 7, output_tokens: 2 });
    assert!(stream.finish().is_ok());
}
