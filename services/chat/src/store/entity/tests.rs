//! Rows of every type that is stored as JSON. A variant without a row does not compile.

use std::fmt::Debug;

use serde_json::{Value, json};

use super::*;
use crate::domain::{
    Conversation, ModelResponse, PlannedToolCall, Role, ToolCall, ToolStatus, TurnEvent,
};
use crate::store::StartedTurn;

/// Asserts that the rows of each variant are read, and that the last one is what is written. A change of
/// the stored form appends a row to its variant. Never edit one: such rows exist.
macro_rules! assert_stored_as {
    ($type:ty { $($variant:pat => [$($row:expr),+ $(,)?],)+ }) => {{
        let rows = |value: &$type| match value {
            $($variant => vec![$($row),+],)+
        };
        for written in [$(vec![$($row),+]),+] {
            for row in &written {
                let value = from_json::<$type>(row.clone()).expect("a stored row");
                assert_eq!(rows(&value), written, "the variant of {row}");
                assert_nothing_lost(row, &value);
            }
            let newest = written.last().expect("a row");
            let value = from_json::<$type>(newest.clone()).expect("a stored row");
            assert_eq!(&to_json(&value).expect("JSON"), newest, "append the new form");
        }
    }};
}

/// Asserts that every value of `row` would be written again.
fn assert_nothing_lost(row: &Value, read: &(impl Serialize + Debug)) {
    assert!(contains(&to_json(read).expect("JSON"), row), "{row} is read as {read:?}");
}

fn contains(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => {
            part.iter().all(|(key, part)| whole.get(key).is_some_and(|whole| contains(whole, part)))
        }
        (Value::Array(whole), Value::Array(part)) => {
            whole.len() == part.len() && whole.iter().zip(part).all(|(a, b)| contains(a, b))
        }
        _ => whole == part,
    }
}

const ID: &str = "0190163d-8694-739b-aea5-966c26f8ad91";

fn call(status: &str) -> Value {
    json!({"id": "1", "name": "add_task", "arguments": {"title": "milk"},
        "result": {"status": "created"}, "status": status})
}

fn message() -> Value {
    json!({"id": ID, "conversation_id": ID, "sequence": 1, "turn_id": ID, "role": "User",
        "content": "hi", "metadata": {"app": "cli"}, "tool_calls": [call("Succeeded")],
        "incomplete": true, "created": 1_772_442_000_000_000_i64})
}

#[test]
fn turn_events_are_stored_as() {
    let failure = json!({"reason": "ERROR_REASON_MODEL_UNAVAILABLE", "message": "no model"});
    assert_stored_as!(TurnEvent {
        TurnEvent::Started { .. } => [json!({"Started": {"message": message(), "model": "builtin"}})],
        TurnEvent::Text(_) => [json!({"Text": "hi"})],
        TurnEvent::ToolStarted(_) => [json!({"ToolStarted": call("Running")})],
        TurnEvent::ToolFinished(_) => [json!({"ToolFinished": call("Succeeded")})],
        TurnEvent::Completed { .. } => [json!({"Completed": {"message": message()}})],
        TurnEvent::Failed { .. } => [json!({"Failed": {"failure": failure, "message": message()}})],
        TurnEvent::Cancelled { .. } => [json!({"Cancelled": {"message": message()}})],
    });
}

#[test]
fn parts_of_messages_are_stored_as() {
    assert_stored_as!(Role {
        Role::User => [json!("User")],
        Role::Assistant => [json!("Assistant")],
    });
    assert_stored_as!(ToolStatus {
        ToolStatus::Running => [json!("Running")],
        ToolStatus::Succeeded => [json!("Succeeded")],
        ToolStatus::Failed => [json!("Failed")],
    });
    assert_stored_as!(ToolCall {
        ToolCall { .. } => [call("Failed")],
    });
}

#[test]
fn model_responses_are_stored_as() {
    let call = json!({"id": "1", "name": "add_task", "arguments": {"title": "milk"},
        "signature": "c2lnbmVk"});
    let response = json!({"text": "hi", "calls": [call], "input_tokens": 7, "output_tokens": 3});
    let signature = json!({"provider": "gemini", "call_id": "1", "data": "c2lnbmVk"});
    let signed = json!({"id": "1", "name": "add_task", "arguments": {}, "signature": signature});
    let named = json!({"text": "hi", "calls": [signed], "input_tokens": 7, "output_tokens": 3,
        "model": "gemini", "incomplete": true});
    assert_stored_as!(ModelResponse {
        ModelResponse { .. } => [response.clone(), named.clone()],
    });
    let unsigned = json!({"id": "1", "name": "add_task", "arguments": {}});
    assert_stored_as!(PlannedToolCall {
        PlannedToolCall { signature: Some(_), .. } => [call.clone()],
        PlannedToolCall { signature: None, .. } => [unsigned.clone()],
    });
}

#[test]
fn responses_of_request_ids_are_stored_as() {
    let conversation = json!({"id": ID, "title": "Milk", "last_sequence": 2, "created": 1,
        "updated": 2, "deleted": 3, "version": 4});
    assert_stored_as!(Conversation {
        Conversation { .. } => [conversation.clone()],
    });
    let started = json!({"turn_id": ID, "conversation_id": ID});
    assert_stored_as!(StartedTurn {
        StartedTurn { .. } => [started.clone()],
    });
}

#[test]
fn a_lost_field_is_found() {
    assert!(contains(&json!({"a": [{"b": 1, "new": 2}]}), &json!({"a": [{"b": 1}]})));
    for read in [json!({"a": [{"new": 1}]}), json!({"a": [{"b": 2}]}), json!({"a": []})] {
        assert!(!contains(&read, &json!({"a": [{"b": 1}]})), "{read}");
    }
}
