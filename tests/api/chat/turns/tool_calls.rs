//! Tool calls, as the caller and the model see them.

use std::time::Duration;

use serde_json::{Value, json};
use tandem_llm::Entry;
use tandem_proto::chat::{GetMessageRequest, GetTurnRequest, ToolCall, ToolCallStatus};
use tandem_proto::task::TaskFilter;
use tonic::{Code, Request};

use crate::support::controlled_model::{ModelCall, ModelCalls};
use crate::support::json::{result, shown};
use crate::support::refusal::refused;
use crate::support::tasks::numbers;
use crate::support::test_conversation::{Posted, TestConversation, answer};

/// The newest tool results in the prompt, by call id.
fn results(model_call: &ModelCall) -> Vec<(String, Value)> {
    let mut results = Vec::new();
    for entry in model_call.prompt.entries.iter().rev() {
        let Entry::ToolResult { call_id, result, .. } = entry else { break };
        results.push((call_id.clone(), result.clone()));
    }
    results.reverse();
    results
}

/// Completes the turn of a posted message; returns the tool calls of its answer.
async fn finish(model_call: ModelCall, posted: Posted) -> Vec<ToolCall> {
    model_call.answer("Done.");
    answer(posted).await.assistant_message.expect("an answer").tool_calls
}

async fn post(
    conversation: &TestConversation,
    model_calls: &mut ModelCalls,
) -> (Posted, ModelCall) {
    let posted = conversation.post(conversation.message("do something"));
    (posted, model_calls.next().await)
}

async fn answer_lists_all_tool_calls() {
    let (conversation, mut model_calls) = TestConversation::controlled().await;
    let (posted, model_call) = post(&conversation, &mut model_calls).await;
    let milk = json!({"title": "buy milk", "labels": ["shop"], "priority": "high"});
    model_call.call("a", "add_task", milk.clone());
    model_call.call("b", "complete_task", json!({"task": 99}));
    drop(model_call);
    let model_call = model_calls.next().await;
    model_call.call("c", "complete_task", json!({"task": 1}));
    drop(model_call);
    let calls = finish(model_calls.next().await, posted).await;

    let [added, failed, completed] = &calls[..] else { panic!("three calls: {calls:?}") };
    assert_eq!(shown(added), ("add_task", milk, ToolCallStatus::Succeeded));
    let created = result(added);
    assert_eq!((&created["status"], &created["number"]), (&json!("created"), &json!(1)));
    assert_eq!(shown(failed), ("complete_task", json!({"task": 99}), ToolCallStatus::Failed));
    let error = result(failed);
    assert_eq!((&error["status"], &error["code"]), (&json!("error"), &json!("PERMISSION_DENIED")));
    assert_eq!(shown(completed), ("complete_task", json!({"task": 1}), ToolCallStatus::Succeeded));
    assert_eq!(result(completed)["status"], json!("completed"));

    let stored = conversation.messages().await.pop().expect("the answer");
    let request = GetMessageRequest { id: stored.id.clone() };
    let read =
        conversation.chat.clone().get_message(request).await.expect("a message").into_inner();
    assert_eq!((&stored.tool_calls, &read.tool_calls), (&calls, &calls));
}

async fn errors_are_returned_to_the_model() {
    let (conversation, mut model_calls) = TestConversation::controlled().await;
    let (posted, model_call) = post(&conversation, &mut model_calls).await;
    model_call.call("1", "drop_tables", json!({}));
    model_call.call("2", "add_task", json!({"name": "no such field"}));
    model_call.call("3", "add_task", json!("no object"));
    model_call.call("4", "add_task", json!({"title": "milk", "user_id": "bob"}));
    model_call.call("5", "add_task", json!({"title": "x".repeat(201)}));
    model_call.call("6", "add_task", json!({"title": "milk", "due_time": "tomorrow"}));
    drop(model_call);

    let model_call = model_calls.next().await;
    let results = results(&model_call);
    let expected = [
        ("1", "UNIMPLEMENTED", "drop_tables"),
        ("2", "INVALID_ARGUMENT", "title"),
        ("3", "INVALID_ARGUMENT", "object"),
        ("4", "INVALID_ARGUMENT", "user_id"),
        ("5", "INVALID_ARGUMENT", "title"),
        ("6", "INVALID_ARGUMENT", "due_time"),
    ];
    assert_eq!(results.len(), expected.len(), "{results:?}");
    for ((id, result), (expected, code, named)) in results.iter().zip(expected) {
        assert_eq!((id.as_str(), &result["status"]), (expected, &json!("error")));
        assert_eq!(result["code"], json!(code), "{result}");
        assert!(result["message"].as_str().is_some_and(|it| it.contains(named)), "{result}");
    }

    model_call.call("7", "add_task", json!({"title": "corrected"}));
    drop(model_call);
    let calls = finish(model_calls.next().await, posted).await;
    let failed = calls.iter().filter(|call| call.status() == ToolCallStatus::Failed).count();
    assert_eq!((calls.len(), failed), (7, 6));
    assert_eq!(numbers(&conversation.app.tasks_as("alice"), TaskFilter::default()).await, [1]);
}

async fn next_prompt_has_calls_and_results() {
    let (conversation, mut model_calls) = TestConversation::controlled().await;
    let (posted, model_call) = post(&conversation, &mut model_calls).await;
    let before = model_call.prompt.entries.clone();
    model_call.text("Let me see.");
    model_call.call("1", "list_tasks", json!({}));
    drop(model_call);
    let model_call = model_calls.next().await;
    let (old, new) = model_call.prompt.entries.split_at(before.len());
    assert_eq!(old, before);
    let [Entry::Assistant { text, calls }, Entry::ToolResult { call_id, name, result }] = new
    else {
        panic!("a call and its result: {new:?}")
    };
    assert_eq!((text.as_str(), calls.len(), calls[0].id.as_str()), ("Let me see.", 1, "1"));
    assert_eq!((call_id.as_str(), name.as_str()), ("1", "list_tasks"));
    assert_eq!((&result["status"], &result["tasks"]), (&json!("ok"), &json!([])));
    finish(model_call, posted).await;
}

async fn token_may_expire_during_the_turn() {
    let (conversation, mut model_calls) = TestConversation::controlled().await;
    let bearer = format!("Bearer {}", conversation.app.issuer.about_to_expire("alice"));
    let bearer = bearer.parse::<tonic::metadata::AsciiMetadataValue>().expect("a header value");
    let mut chat = tandem_proto::chat::chat_service_client::ChatServiceClient::new(
        conversation.app.chat.clone(),
    );
    let mut request = Request::new(conversation.message("add milk"));
    request.metadata_mut().insert("authorization", bearer.clone());
    let mut waiting = chat.clone();
    let posted = tokio::spawn(async move { waiting.create_message(request).await });
    let model_call = model_calls.next().await;

    let id = conversation.newest_turn().await;
    let mut ticks = tokio::time::interval(Duration::from_millis(50));
    loop {
        let mut request = Request::new(GetTurnRequest { id: id.clone(), ..Default::default() });
        request.metadata_mut().insert("authorization", bearer.clone());
        let answer = chat.get_turn(request).await;
        if answer.is_err() {
            assert_eq!(refused(answer).code(), Code::Unauthenticated);
            break;
        }
        ticks.tick().await;
    }

    model_call.call("1", "add_task", json!({"title": "milk"}));
    drop(model_call);
    let calls = finish(model_calls.next().await, posted).await;
    assert_eq!(calls[0].status(), ToolCallStatus::Succeeded);
    assert_eq!(numbers(&conversation.app.tasks_as("alice"), TaskFilter::default()).await, [1]);
}

database_tests! {
    tests:
        answer_lists_all_tool_calls,
        errors_are_returned_to_the_model,
        next_prompt_has_calls_and_results,
        token_may_expire_during_the_turn;
}
