//! What servers stream, each in its own way.

use serde_json::json;

use super::*;
use crate::Call;

fn calls(deltas: &[Value]) -> Vec<Call> {
    let mut answer = Answer::default();
    for delta in deltas {
        let event = json!({"choices": [{"delta": {"tool_calls": delta}}]});
        assert_eq!(answer.read(&event.to_string()).expect("it is read"), None);
    }
    answer.read("[DONE]").expect("it is read");
    let chunks = answer.end().expect("an end");
    let call = |chunk| match chunk {
        Chunk::Call(call) => call,
        other => panic!("a call: {other:?}"),
    };
    chunks.into_iter().map(call).collect()
}

fn named(calls: &[Call]) -> Vec<(&str, String)> {
    calls.iter().map(|call| (call.name.as_str(), call.arguments.to_string())).collect()
}

#[test]
fn pieces_are_joined_by_their_index() {
    let calls = calls(&[
        json!([{"index": 0, "id": "a", "function": {"name": "one", "arguments": ""}}]),
        json!([{"index": 1, "id": "b", "function": {"name": "two", "arguments": "{\"x\""}}]),
        json!([{"index": 0, "function": {"arguments": "{}"}}]),
        json!([{"index": 1, "id": "b", "function": {"name": "two", "arguments": ":1}"}}]),
    ]);
    assert_eq!(named(&calls), [("one", "{}".into()), ("two", "{\"x\":1}".into())]);
    assert_eq!((calls[0].id.as_str(), calls[1].id.as_str()), ("a", "b"));
}

#[test]
fn calls_without_an_index_or_an_id_are_kept_apart() {
    let calls = calls(&[
        json!([{"function": {"name": "one", "arguments": "{}"}}]),
        json!([{"function": {"name": "two", "arguments": "{\"y\":"}}]),
        json!([{"function": {"arguments": "2}"}}, {"function": {"name": "two"}}]),
    ]);
    let expected = [("one", "{}".into()), ("two", "{\"y\":2}".into()), ("two", "{}".into())];
    assert_eq!(named(&calls), expected);
    assert!(calls.iter().all(|call| !call.id.is_empty()), "{calls:?}");
    assert_ne!(calls[0].id, calls[1].id);
}

#[test]
fn calls_that_all_have_the_same_index_are_kept_apart() {
    let calls = calls(&[json!([
        {"index": 0, "id": "a", "function": {"name": "one", "arguments": "{}"}},
        {"index": 0, "id": "b", "function": {"name": "two", "arguments": "{}"}},
    ])]);
    assert_eq!(named(&calls), [("one", "{}".into()), ("two", "{}".into())]);
}

#[test]
fn an_index_reserves_nothing() {
    let piece = json!([{"index": u64::MAX, "function": {"name": "one", "arguments": "{}"}}]);
    assert_eq!(calls(&[piece]).len(), 1);
}

#[test]
fn a_signature_comes_with_its_call() {
    let calls = calls(&[json!([{
        "id": "a",
        "function": {"name": "one", "arguments": "{}"},
        "extra_content": {"google": {"thought_signature": "c2ln"}},
    }])]);
    assert_eq!(calls[0].signature.as_deref(), Some("c2ln"));
}

#[test]
fn arguments_that_are_no_json_stay_as_they_came() {
    let piece = json!([{"index": 0, "function": {"name": "one", "arguments": "{\"x\": "}}]);
    assert_eq!(calls(&[piece])[0].arguments, json!("{\"x\": "));
}

#[test]
fn only_an_answer_with_an_end_is_whole() {
    let text = json!({"choices": [{"delta": {"content": "Hello"}, "finish_reason": null}]});
    let mut answer = Answer::default();
    assert_eq!(answer.read(&text.to_string()).expect("it is read").as_deref(), Some("Hello"));
    assert!(answer.end().is_err());

    let stop = json!({"choices": [{"delta": {}, "finish_reason": "stop"}]});
    answer.read(&stop.to_string()).expect("it is read");
    let usage = json!({"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 2}});
    answer.read(&usage.to_string()).expect("it is read");
    let usage = Usage { input_tokens: 7, output_tokens: 2 };
    assert_eq!(answer.end().expect("an end"), [Chunk::Usage(usage)]);
}
