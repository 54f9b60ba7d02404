//! Responses that are interrupted or invalid.

use tandem_proto::task::ListTasksRequest;
use tandem_test_support::model_server::{Answer, Reply};

use super::{WORDS, answered, conversation_with, unanswered};

/// An event with a piece of text.
const HELLO: &str = "data: {\"choices\": [{\"delta\": {\"content\": \"Hello\"}}]}\n\n";

fn yes() -> Reply {
    Answer::text("Yes.").into()
}

/// Responses that end before any text, each for another reason.
fn failures_before_text() -> Vec<(&'static str, Reply)> {
    let answer = || Reply::from(Answer::text("Hello."));
    let error = format!("data: {{\"error\": {{\"message\": \"{WORDS}\"}}}}\n\n");
    let not_text: &[u8] = b"data: {\"choices\": [{\"delta\": {\"content\": \"\xff\"}}]}\n\n";
    vec![
        ("cut", answer().cut_after(0)),
        ("empty", answer().ended_after(0)),
        ("broken JSON", Reply::bytes(["data: {\"choices\": [{\"del\n\n"])),
        ("other JSON", Reply::bytes(["data: {\"choices\": 1}\n\n"])),
        ("no UTF-8", Reply::bytes([not_text])),
        ("an error", Reply::bytes([error])),
        ("a page", Reply::bytes(["<html><body>Log in</body></html>"])),
    ]
}

async fn early_failures_are_retried() {
    for (fault, reply) in failures_before_text() {
        let (conversation, server) = conversation_with([reply, yes()]).await;
        assert_eq!(answered(&conversation, "hello").await.content, "Yes.", "{fault}");
        assert_eq!(server.requests().len(), 2, "{fault}");
    }
}

async fn later_failures_keep_the_text() {
    let answer = || Reply::from(Answer::text("Hello").and_text(", world"));
    let with = |rest: &'static [u8]| Reply::bytes([HELLO.as_bytes(), rest]);
    let faults = [
        ("cut", answer().cut_after(1)),
        ("ended early", answer().ended_after(1)),
        ("broken JSON", with(b"data: {\"choices\": [{\"del\n\n")),
        ("no UTF-8", with(b"data: \"\xff\"\n\n")),
        ("an error", with(b"data: {\"error\": {\"message\": \"canary\"}}\n\n")),
    ];
    for (fault, reply) in faults {
        let (conversation, server) = conversation_with([reply, yes()]).await;
        let kept = unanswered(&conversation, "hello").await.expect("the partial answer");
        assert_eq!((kept.content.as_str(), kept.incomplete), ("Hello", true), "{fault}");
        assert_eq!(server.requests().len(), 1, "{fault}");
        assert_eq!(conversation.messages().await.len(), 2, "{fault}");
    }
}

async fn interrupted_call_is_not_executed() {
    let call = || Answer::default().call("add_task", &serde_json::json!({"title": "half a task"}));
    // The name and half of the arguments.
    let (conversation, server) = conversation_with([Reply::from(call()).cut_after(2), yes()]).await;
    let message = answered(&conversation, "add a task").await;
    assert_eq!((message.content.as_str(), message.tool_calls.len()), ("Yes.", 0));
    assert_eq!(server.requests().len(), 2);
    let tasks = conversation.app.tasks_as("alice").list_tasks(ListTasksRequest::default()).await;
    assert!(tasks.expect("a list").into_inner().tasks.is_empty());
}

async fn endless_event_is_aborted() {
    let endless = || Reply::bytes((0..2 * 1024).map(|_| "x".repeat(1024)));
    let (conversation, server) = conversation_with([endless(), endless(), endless()]).await;
    assert_eq!(unanswered(&conversation, "hello").await, None);
    assert_eq!(server.requests().len(), 3);
}

async fn response_without_text_is_retried() {
    let (conversation, server) =
        conversation_with([Answer::default().usage(5, 0).into(), yes()]).await;
    assert_eq!(answered(&conversation, "hello").await.content, "Yes.");
    assert_eq!(server.requests().len(), 2);
}

database_tests! {
    tests:
        early_failures_are_retried,
        later_failures_keep_the_text,
        interrupted_call_is_not_executed,
        endless_event_is_aborted,
        response_without_text_is_retried;
}
