//! Responses that break off or cannot be read.

use tandem_proto::task::ListTasksRequest;
use tandem_test_support::model_server::{Answer, Reply};

use super::{WORDS, answered, talk_to, unanswered};

/// An event with a piece of text.
const HELLO: &str = "data: {\"choices\": [{\"delta\": {\"content\": \"Hello\"}}]}\n\n";

fn yes() -> Reply {
    Answer::say("Yes.").into()
}

/// Answers that end before they say anything, each in a way of its own.
fn nothing_said() -> Vec<(&'static str, Reply)> {
    let answer = || Reply::from(Answer::say("Hello."));
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

async fn what_breaks_off_before_it_says_anything_is_asked_again() {
    for (fault, reply) in nothing_said() {
        let (talk, server) = talk_to([reply, yes()]).await;
        assert_eq!(answered(&talk, "hello").await.content, "Yes.", "{fault}");
        assert_eq!(server.asks().len(), 2, "{fault}");
    }
}

async fn what_breaks_off_later_ends_the_turn_with_what_was_said() {
    let answer = || Reply::from(Answer::say("Hello").and_say(", world"));
    let with = |rest: &'static [u8]| Reply::bytes([HELLO.as_bytes(), rest]);
    let faults = [
        ("cut", answer().cut_after(1)),
        ("ended as if that were all", answer().ended_after(1)),
        ("broken JSON", with(b"data: {\"choices\": [{\"del\n\n")),
        ("no UTF-8", with(b"data: \"\xff\"\n\n")),
        ("an error", with(b"data: {\"error\": {\"message\": \"canary\"}}\n\n")),
    ];
    for (fault, reply) in faults {
        let (talk, server) = talk_to([reply, yes()]).await;
        let kept = unanswered(&talk, "hello").await.expect("what was written");
        assert_eq!((kept.content.as_str(), kept.incomplete), ("Hello", true), "{fault}");
        assert_eq!(server.asks().len(), 1, "{fault}");
        assert_eq!(talk.messages().await.len(), 2, "{fault}");
    }
}

async fn a_call_that_breaks_off_is_not_made() {
    let call = || Answer::default().call("add_task", &serde_json::json!({"title": "half a task"}));
    // The name and half of the arguments.
    let (talk, server) = talk_to([Reply::from(call()).cut_after(2), yes()]).await;
    let message = answered(&talk, "add a task").await;
    assert_eq!((message.content.as_str(), message.tool_calls.len()), ("Yes.", 0));
    assert_eq!(server.asks().len(), 2);
    let tasks = talk.app.tasks_as("alice").list_tasks(ListTasksRequest::default()).await;
    assert!(tasks.expect("a list").into_inner().tasks.is_empty());
}

async fn an_event_without_an_end_is_given_up() {
    let endless = || Reply::bytes((0..2 * 1024).map(|_| "x".repeat(1024)));
    let (talk, server) = talk_to([endless(), endless(), endless()]).await;
    assert_eq!(unanswered(&talk, "hello").await, None);
    assert_eq!(server.asks().len(), 3);
}

async fn an_answer_without_a_word_is_none() {
    let (talk, server) = talk_to([Answer::default().usage(5, 0).into(), yes()]).await;
    assert_eq!(unanswered(&talk, "hello").await, None);
    assert_eq!(server.asks().len(), 1);
}

database_tests! {
    tests:
        what_breaks_off_before_it_says_anything_is_asked_again,
        what_breaks_off_later_ends_the_turn_with_what_was_said,
        a_call_that_breaks_off_is_not_made,
        an_event_without_an_end_is_given_up,
        an_answer_without_a_word_is_none;
}
