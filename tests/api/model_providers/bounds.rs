//! Bounds on what a model sends.

use serde_json::{Value, json};
use tandem_proto::chat::ToolCallStatus;
use tandem_proto::task::Task;
use tandem_test_support::model_server::{Answer, Reply};

use super::{answered, conversation_with};
use crate::support::json::object;
use crate::support::tasks::create_as;

async fn arguments_are_bounded() {
    let deep = (0..120).fold(json!(1), |inner, _| json!([inner]));
    let deep = Answer::default().call("add_task", &json!({"title": "milk", "labels": deep}));
    let large = json!({"title": "milk", "description": "x".repeat(70_000)});
    let large = Answer::default().call("add_task", &large);
    for call in [deep, large] {
        let replies = [Reply::from(call), Answer::text("Sorry.").into()];
        let (conversation, server) = conversation_with(replies).await;
        let message = answered(&conversation, "add milk").await;
        assert_eq!(message.tool_calls[0].status(), ToolCallStatus::Failed);
        let result = object(message.tool_calls[0].result.as_ref().expect("a result"));
        assert_eq!(result["status"], "error", "the model can correct it");
        assert!(server.requests()[1].body.to_string().len() < 32_000, "and does not see it again");
        // A client can read what is stored.
        assert_eq!(conversation.messages().await.len(), 2);
    }
}

async fn text_is_bounded() {
    let pieces = (0..40).fold(Answer::default(), |answer, _| answer.and_text(&"ä".repeat(5_000)));
    let (conversation, _server) = conversation_with([pieces.into()]).await;
    let message = answered(&conversation, "talk").await;
    assert!((100_000..=131_072).contains(&message.content.len()), "{}", message.content.len());
    assert!(message.incomplete);
}

async fn stored_results_are_bounded() {
    let list = |answer: Answer, _| answer.call("list_tasks", &json!({"limit": 50}));
    let many = (0..16).fold(Answer::default(), list);
    let (conversation, _server) =
        conversation_with([many.into(), Answer::text("Many.").into()]).await;
    let tasks = conversation.app.tasks_as("alice");
    for number in 1..=30 {
        let (title, description) = (format!("task {number}"), "x".repeat(9_000));
        create_as(&tasks, Task { title, description, ..Task::default() }).await;
    }
    let message = answered(&conversation, "list, 16 times").await;
    let results = message.tool_calls.iter().map(|call| call.result.as_ref().expect("a result"));
    let sizes = results.map(|it| object(it).to_string().len()).collect::<Vec<_>>();
    assert!(sizes[0] > 20_000 && sizes[15] <= 16_000, "{sizes:?}");
}

async fn calls_are_bounded() {
    let list = |answer: Answer, _| answer.call("list_tasks", &Value::Object(Default::default()));
    let many = (0..500).fold(Answer::default(), list);
    let (conversation, _server) = conversation_with([many.into()]).await;
    let refusal = conversation.send("go").await.expect_err("a refusal");
    assert!(refusal.message().contains("more than 16 tool calls"), "{refusal:?}");
}

database_tests! {
    tests:
        arguments_are_bounded,
        text_is_bounded,
        stored_results_are_bounded,
        calls_are_bounded;
}
