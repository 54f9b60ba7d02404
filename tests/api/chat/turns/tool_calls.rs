//! Tool calls, as the caller and the model see them.

use std::time::Duration;

use serde_json::{Value, json};
use tandem_llm::Entry;
use tandem_proto::chat::{GetMessageRequest, GetTurnRequest, ToolCall, ToolCallStatus};
use tandem_proto::task::TaskFilter;
use tonic::{Code, Request};

use crate::support::controlled_model::{Ask, Asks};
use crate::support::json::{result, shown};
use crate::support::refusal::refused;
use crate::support::tasks::numbers;
use crate::support::test_conversation::{Posted, Talk, answer};

/// What the tools answered that the model called last.
fn results(ask: &Ask) -> Vec<(String, Value)> {
    let mut results = Vec::new();
    for entry in ask.prompt.entries.iter().rev() {
        let Entry::ToolResult { call_id, result, .. } = entry else { break };
        results.push((call_id.clone(), result.clone()));
    }
    results.reverse();
    results
}

/// Ends the turn of a posted message; the tool calls of its answer.
async fn finish(ask: Ask, posted: Posted) -> Vec<ToolCall> {
    ask.answer("Done.");
    answer(posted).await.assistant_message.expect("an answer").tool_calls
}

async fn post(talk: &Talk, asks: &mut Asks) -> (Posted, Ask) {
    let posted = talk.post(talk.message("do something"));
    (posted, asks.next().await)
}

async fn the_answer_lists_every_call_with_its_arguments_its_result_and_how_it_went() {
    let (talk, mut asks) = Talk::with_puppet().await;
    let (posted, ask) = post(&talk, &mut asks).await;
    let milk = json!({"title": "buy milk", "labels": ["shop"], "priority": "high"});
    ask.call("a", "add_task", milk.clone());
    ask.call("b", "complete_task", json!({"task": 99}));
    drop(ask);
    let ask = asks.next().await;
    ask.call("c", "complete_task", json!({"task": 1}));
    drop(ask);
    let calls = finish(asks.next().await, posted).await;

    let [added, failed, completed] = &calls[..] else { panic!("three calls: {calls:?}") };
    assert_eq!(shown(added), ("add_task", milk, ToolCallStatus::Succeeded));
    let created = result(added);
    assert_eq!((&created["status"], &created["number"]), (&json!("created"), &json!(1)));
    assert_eq!(shown(failed), ("complete_task", json!({"task": 99}), ToolCallStatus::Failed));
    let error = result(failed);
    assert_eq!((&error["status"], &error["code"]), (&json!("error"), &json!("PERMISSION_DENIED")));
    assert_eq!(shown(completed), ("complete_task", json!({"task": 1}), ToolCallStatus::Succeeded));
    assert_eq!(result(completed)["status"], json!("completed"));

    let stored = talk.messages().await.pop().expect("the answer");
    let request = GetMessageRequest { id: stored.id.clone() };
    let read = talk.chat.clone().get_message(request).await.expect("a message").into_inner();
    assert_eq!((&stored.tool_calls, &read.tool_calls), (&calls, &calls));
}

async fn what_the_model_does_wrong_goes_back_to_it_as_an_error_it_can_correct() {
    let (talk, mut asks) = Talk::with_puppet().await;
    let (posted, ask) = post(&talk, &mut asks).await;
    ask.call("1", "drop_tables", json!({}));
    ask.call("2", "add_task", json!({"name": "no such field"}));
    ask.call("3", "add_task", json!("no object"));
    ask.call("4", "add_task", json!({"title": "milk", "user_id": "bob"}));
    ask.call("5", "add_task", json!({"title": "x".repeat(201)}));
    ask.call("6", "add_task", json!({"title": "milk", "due_time": "tomorrow"}));
    drop(ask);

    let ask = asks.next().await;
    let results = results(&ask);
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

    ask.call("7", "add_task", json!({"title": "corrected"}));
    drop(ask);
    let calls = finish(asks.next().await, posted).await;
    let failed = calls.iter().filter(|call| call.status() == ToolCallStatus::Failed).count();
    assert_eq!((calls.len(), failed), (7, 6));
    assert_eq!(numbers(&talk.app.tasks_as("alice"), TaskFilter::default()).await, [1]);
}

async fn the_model_sees_its_own_calls_and_their_results_in_the_next_prompt() {
    let (talk, mut asks) = Talk::with_puppet().await;
    let (posted, ask) = post(&talk, &mut asks).await;
    let before = ask.prompt.entries.clone();
    ask.text("Let me see.");
    ask.call("1", "list_tasks", json!({}));
    drop(ask);
    let ask = asks.next().await;
    let (old, new) = ask.prompt.entries.split_at(before.len());
    assert_eq!(old, before);
    let [Entry::Assistant { text, calls }, Entry::ToolResult { call_id, name, result }] = new
    else {
        panic!("a call and its result: {new:?}")
    };
    assert_eq!((text.as_str(), calls.len(), calls[0].id.as_str()), ("Let me see.", 1, "1"));
    assert_eq!((call_id.as_str(), name.as_str()), ("1", "list_tasks"));
    assert_eq!((&result["status"], &result["tasks"]), (&json!("ok"), &json!([])));
    finish(ask, posted).await;
}

async fn a_token_that_expires_during_the_turn_does_not_stop_it() {
    let (talk, mut asks) = Talk::with_puppet().await;
    let bearer = format!("Bearer {}", talk.app.issuer.about_to_expire("alice"));
    let bearer = bearer.parse::<tonic::metadata::AsciiMetadataValue>().expect("a header value");
    let mut chat =
        tandem_proto::chat::chat_service_client::ChatServiceClient::new(talk.app.chat.clone());
    let mut request = Request::new(talk.message("add milk"));
    request.metadata_mut().insert("authorization", bearer.clone());
    let mut waiting = chat.clone();
    let posted = tokio::spawn(async move { waiting.create_message(request).await });
    let ask = asks.next().await;

    let id = talk.newest_turn().await;
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

    ask.call("1", "add_task", json!({"title": "milk"}));
    drop(ask);
    let calls = finish(asks.next().await, posted).await;
    assert_eq!(calls[0].status(), ToolCallStatus::Succeeded);
    assert_eq!(numbers(&talk.app.tasks_as("alice"), TaskFilter::default()).await, [1]);
}

database_tests! {
    tests:
        the_answer_lists_every_call_with_its_arguments_its_result_and_how_it_went,
        what_the_model_does_wrong_goes_back_to_it_as_an_error_it_can_correct,
        the_model_sees_its_own_calls_and_their_results_in_the_next_prompt,
        a_token_that_expires_during_the_turn_does_not_stop_it;
}
