use std::collections::BTreeMap;

use serde_json::json;
use tandem_clock::Timestamp;
use uuid::Uuid;

use super::*;
use crate::domain::ToolStatus;

fn message(role: Role, content: &str) -> Message {
    Message {
        id: Uuid::nil(),
        conversation_id: Uuid::nil(),
        sequence: 1,
        turn_id: Uuid::nil(),
        role,
        content: content.to_owned(),
        metadata: BTreeMap::new(),
        tool_calls: Vec::new(),
        incomplete: false,
        created: Timestamp::UNIX_EPOCH,
    }
}

#[test]
fn budget_drops_the_oldest_messages() {
    let messages = ["12345678", "1234", "1234"].map(|content| message(Role::User, content));
    assert_eq!(newest_within_budget(&messages, 4).len(), 3);
    assert_eq!(newest_within_budget(&messages, 3).len(), 2);
    assert_eq!(newest_within_budget(&messages, 0).len(), 1);
    assert!(newest_within_budget(&[], 4).is_empty());
}

#[test]
fn answer_follows_its_tool_calls() {
    let mut answer = message(Role::Assistant, "Done.");
    answer.tool_calls.push(ToolCall {
        id: "call_1".to_owned(),
        name: "delete_task".to_owned(),
        arguments: json!({"task": 1}),
        result: Some(json!({"status": "deleted"})),
        status: ToolStatus::Succeeded,
    });
    let [Entry::Assistant { calls, .. }, Entry::ToolResult { call_id, result, .. }, last] =
        &message_entries(&answer)[..]
    else {
        panic!("a call, its result, and the text");
    };
    assert_eq!((calls[0].id.as_str(), call_id.as_str()), ("call_1", "call_1"));
    assert_eq!(result, &json!({"status": "deleted"}));
    assert_eq!(last, &Entry::Assistant { text: "Done.".to_owned(), calls: vec![] });
}

#[test]
fn newest_time_zone_wins() {
    let mut messages = ["one", "two", "three"].map(|content| message(Role::User, content));
    messages[0].metadata.insert(TIME_ZONE.to_owned(), "Asia/Tokyo".to_owned());
    messages[1].metadata.insert(TIME_ZONE.to_owned(), "Europe/Berlin".to_owned());
    assert_eq!(find_time_zone(&messages, &Limits::default()), Tz::Europe__Berlin);
    assert_eq!(find_time_zone(&messages[2..], &Limits::default()), Tz::UTC);
}
