//! The OpenAI protocol: requests and responses.

use std::time::Duration;

use serde_json::{Value, json};
use tandem_proto::chat::GetUsageRequest;
use tandem_proto::chat::turn_event::Event;
use tandem_proto::task::ListTasksRequest;
use tandem_test_support::model_server::{Answer, ModelServer, Reply};

use super::{KEY, answered, conversation, conversation_with, openai, settings};
use crate::support::test_conversation::rest;

async fn request_has_history_tools_and_key() {
    let replies = ["First.", "Second."].map(|text| Answer::text(text).into());
    let (conversation, server) = conversation_with(replies).await;
    answered(&conversation, "one").await;
    answered(&conversation, "two").await;
    let requests = server.requests();
    let [_, request] = &requests[..] else { panic!("two calls: {requests:?}") };
    assert_eq!(request.path, "/v1/chat/completions");
    assert_eq!(request.header("authorization"), format!("Bearer {KEY}"));
    let messages =
        request.messages().iter().map(|it| (it["role"].as_str(), it["content"].as_str()));
    let messages = messages.collect::<Vec<_>>();
    let [(Some("system"), Some(system)), rest @ ..] = &messages[..] else { panic!("{messages:?}") };
    assert!(system.contains("Tandem"), "{system}");
    let expected = [("user", "one"), ("assistant", "First."), ("user", "two")];
    assert_eq!(rest, expected.map(|(role, text)| (Some(role), Some(text))));
    let body = &request.body;
    assert_eq!((&body["model"], &body["stream"]), (&json!("test-model"), &json!(true)));
    assert_eq!(body["max_tokens"], json!(4096));
    let tools = body["tools"].as_array().expect("tools").iter();
    let tools = tools.map(|tool| tool["function"]["name"].as_str().expect("a name"));
    assert!(tools.clone().any(|name| name == "add_task"), "{:?}", tools.collect::<Vec<_>>());
    // No tool has a user, and the provider does not receive the user's id.
    assert!(!body.to_string().contains("alice"), "{body}");
}

async fn text_is_streamed() {
    let answer = Answer::text("One, ").and_text("two, ").and_text("three.");
    let slowly = Reply::from(answer).slowly(Duration::from_millis(80));
    let (conversation, _server) = conversation_with([slowly]).await;
    let events = rest(conversation.stream("count").await).await;
    let deltas = events.iter().filter_map(|event| match &event.event {
        Some(Event::TextDelta(delta)) => Some(delta.text.as_str()),
        _ => None,
    });
    let deltas = deltas.collect::<Vec<_>>();
    assert_eq!(deltas.concat(), "One, two, three.");
    assert!(deltas.len() > 1, "{deltas:?}");
}

async fn characters_may_be_split() {
    let text = "Zoë → 牛乳 🥛 \u{1F468}\u{200D}\u{1F469}";
    let answer = Answer::text(text).call("add_task", &json!({"title": "牛乳 🥛"}));
    let replies = [Reply::from(answer).byte_by_byte(), Answer::text("好。").into()];
    let (conversation, _server) = conversation_with(replies).await;
    let message = answered(&conversation, "牛乳").await;
    assert_eq!(message.content, format!("{text}\n\n好。"));
    let tasks = conversation.app.tasks_as("alice").list_tasks(ListTasksRequest::default()).await;
    assert_eq!(tasks.expect("a list").into_inner().tasks[0].title, "牛乳 🥛");
}

async fn parallel_calls_keep_their_order() {
    let add = |title| json!({"title": title});
    let both =
        Answer::text("Adding.").call("add_task", &add("milk")).call("add_task", &add("eggs"));
    let (conversation, server) =
        conversation_with([both.into(), Answer::text("Added.").into()]).await;
    let message = answered(&conversation, "milk and eggs").await;
    assert_eq!(message.content, "Adding.\n\nAdded.");
    let results = server.requests()[1].results();
    let numbered = results.iter().map(|it| (it["number"].clone(), it["title"].clone()));
    let expected = [(json!(1), json!("milk")), (json!(2), json!("eggs"))];
    assert_eq!(numbered.collect::<Vec<_>>(), expected);

    let request = &server.requests()[1];
    let [.., assistant, first, second] = request.messages() else { panic!("{request:?}") };
    let ids = assistant["tool_calls"].as_array().expect("calls").iter().map(|it| &it["id"]);
    assert_eq!(ids.collect::<Vec<_>>(), [&first["tool_call_id"], &second["tool_call_id"]]);
    assert_ne!(first["tool_call_id"], second["tool_call_id"]);
    assert_eq!(assistant["content"], json!("Adding."));
}

async fn call_ids_are_unique_in_a_prompt() {
    let add = || Reply::from(Answer::default().call("list_tasks", &json!({})));
    let done = || Reply::from(Answer::text("Done."));
    let (conversation, server) = conversation_with([add(), done(), add(), done()]).await;
    answered(&conversation, "one").await;
    answered(&conversation, "two").await;
    let request = server.requests().pop().expect("a call");
    let calls = request.messages().iter().flat_map(|it| it["tool_calls"].as_array().cloned());
    let ids = calls.flatten().map(|call| call["id"].clone()).collect::<Vec<Value>>();
    let answers = request.messages().iter().filter(|it| it["role"] == "tool");
    assert_eq!(answers.map(|it| it["tool_call_id"].clone()).collect::<Vec<_>>(), ids);
    assert_eq!(ids.len(), 2);
    assert_ne!(ids[0], ids[1]);
}

async fn tokens_are_counted_per_turn_and_day() {
    let call = Answer::default().call("list_tasks", &json!({})).usage(100, 7);
    let (conversation, _server) =
        conversation_with([call.into(), Answer::text("None.").usage(150, 9).into()]).await;
    let message = answered(&conversation, "what is there?").await;
    let usage = conversation.turn(&message.turn_id).await.usage.expect("usage");
    assert_eq!(
        (usage.model_call_count, usage.input_token_count, usage.output_token_count),
        (2, 250, 16)
    );
    let days =
        conversation.chat.clone().get_usage(GetUsageRequest::default()).await.expect("usage");
    let [day] = &days.into_inner().days[..] else { panic!("one day") };
    assert_eq!(
        (day.model.as_str(), day.input_token_count, day.output_token_count),
        ("test", 250, 16)
    );
}

async fn connections_are_reused() {
    // The body ends shortly after the last event.
    let late = || Reply::from(Answer::text("Yes.")).ended_late(Duration::from_millis(1));
    let server = ModelServer::start(move |_| late()).await;
    let conversation = conversation(settings([("test", openai(&server))])).await;
    for _ in 0..3 {
        answered(&conversation, "still there?").await;
    }
    assert_eq!((server.requests().len(), server.connections()), (3, 1));
}

database_tests! {
    tests:
        request_has_history_tools_and_key,
        text_is_streamed,
        characters_may_be_split,
        parallel_calls_keep_their_order,
        call_ids_are_unique_in_a_prompt,
        tokens_are_counted_per_turn_and_day,
        connections_are_reused;
}
