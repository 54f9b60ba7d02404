//! The OpenAI protocol: what is asked, and what the answer becomes.

use std::time::Duration;

use serde_json::{Value, json};
use tandem_proto::chat::GetUsageRequest;
use tandem_proto::chat::turn_event::Event;
use tandem_proto::task::ListTasksRequest;
use tandem_test_support::model_server::{Answer, ModelServer, Reply};

use super::{KEY, answered, openai, settings, talk, talk_to};
use crate::support::test_conversation::rest;

async fn the_model_is_given_the_conversation_and_the_tools_and_its_key() {
    let replies = ["First.", "Second."].map(|text| Answer::say(text).into());
    let (talk, server) = talk_to(replies).await;
    answered(&talk, "one").await;
    answered(&talk, "two").await;
    let asks = server.asks();
    let [_, ask] = &asks[..] else { panic!("two calls: {asks:?}") };
    assert_eq!(ask.path, "/v1/chat/completions");
    assert_eq!(ask.header("authorization"), format!("Bearer {KEY}"));
    let said = ask.messages().iter().map(|it| (it["role"].as_str(), it["content"].as_str()));
    let said = said.collect::<Vec<_>>();
    let [(Some("system"), Some(system)), rest @ ..] = &said[..] else { panic!("{said:?}") };
    assert!(system.contains("Tandem"), "{system}");
    let expected = [("user", "one"), ("assistant", "First."), ("user", "two")];
    assert_eq!(rest, expected.map(|(role, text)| (Some(role), Some(text))));
    let body = &ask.body;
    assert_eq!((&body["model"], &body["stream"]), (&json!("test-model"), &json!(true)));
    assert_eq!(body["max_tokens"], json!(4096));
    let tools = body["tools"].as_array().expect("tools").iter();
    let tools = tools.map(|tool| tool["function"]["name"].as_str().expect("a name"));
    assert!(tools.clone().any(|name| name == "add_task"), "{:?}", tools.collect::<Vec<_>>());
    // No tool has a user, and no provider learns whose tasks they are.
    assert!(!body.to_string().contains("alice"), "{body}");
}

async fn pieces_are_passed_on_as_they_come() {
    let answer = Answer::say("One, ").and_say("two, ").and_say("three.");
    let slowly = Reply::from(answer).slowly(Duration::from_millis(80));
    let (talk, _server) = talk_to([slowly]).await;
    let events = rest(talk.stream("count").await).await;
    let deltas = events.iter().filter_map(|event| match &event.event {
        Some(Event::TextDelta(delta)) => Some(delta.text.as_str()),
        _ => None,
    });
    let deltas = deltas.collect::<Vec<_>>();
    assert_eq!(deltas.concat(), "One, two, three.");
    assert!(deltas.len() > 1, "{deltas:?}");
}

async fn a_character_may_come_in_many_pieces() {
    let text = "Zoë → 牛乳 🥛 \u{1F468}\u{200D}\u{1F469}";
    let answer = Answer::say(text).call("add_task", &json!({"title": "牛乳 🥛"}));
    let replies = [Reply::from(answer).byte_by_byte(), Answer::say("好。").into()];
    let (talk, _server) = talk_to(replies).await;
    let message = answered(&talk, "牛乳").await;
    assert_eq!(message.content, format!("{text}\n\n好。"));
    let tasks = talk.app.tasks_as("alice").list_tasks(ListTasksRequest::default()).await;
    assert_eq!(tasks.expect("a list").into_inner().tasks[0].title, "牛乳 🥛");
}

async fn calls_made_at_once_run_in_their_order_and_their_results_come_back_in_it() {
    let add = |title| json!({"title": title});
    let both = Answer::say("Adding.").call("add_task", &add("milk")).call("add_task", &add("eggs"));
    let (talk, server) = talk_to([both.into(), Answer::say("Added.").into()]).await;
    let message = answered(&talk, "milk and eggs").await;
    assert_eq!(message.content, "Adding.\n\nAdded.");
    let results = server.asks()[1].results();
    let numbered = results.iter().map(|it| (it["number"].clone(), it["title"].clone()));
    let expected = [(json!(1), json!("milk")), (json!(2), json!("eggs"))];
    assert_eq!(numbered.collect::<Vec<_>>(), expected);

    let ask = &server.asks()[1];
    let [.., assistant, first, second] = ask.messages() else { panic!("{ask:?}") };
    let ids = assistant["tool_calls"].as_array().expect("calls").iter().map(|it| &it["id"]);
    assert_eq!(ids.collect::<Vec<_>>(), [&first["tool_call_id"], &second["tool_call_id"]]);
    assert_ne!(first["tool_call_id"], second["tool_call_id"]);
    assert_eq!(assistant["content"], json!("Adding."));
}

async fn ids_of_calls_are_unique_in_all_that_a_model_is_given() {
    let add = || Reply::from(Answer::default().call("list_tasks", &json!({})));
    let done = || Reply::from(Answer::say("Done."));
    let (talk, server) = talk_to([add(), done(), add(), done()]).await;
    answered(&talk, "one").await;
    answered(&talk, "two").await;
    let ask = server.asks().pop().expect("a call");
    let calls = ask.messages().iter().flat_map(|it| it["tool_calls"].as_array().cloned());
    let ids = calls.flatten().map(|call| call["id"].clone()).collect::<Vec<Value>>();
    let answers = ask.messages().iter().filter(|it| it["role"] == "tool");
    assert_eq!(answers.map(|it| it["tool_call_id"].clone()).collect::<Vec<_>>(), ids);
    assert_eq!(ids.len(), 2);
    assert_ne!(ids[0], ids[1]);
}

async fn tokens_are_counted_for_the_turn_and_for_the_day() {
    let call = Answer::default().call("list_tasks", &json!({})).usage(100, 7);
    let (talk, _server) = talk_to([call.into(), Answer::say("None.").usage(150, 9).into()]).await;
    let message = answered(&talk, "what is there?").await;
    let usage = talk.turn(&message.turn_id).await.usage.expect("what it took");
    assert_eq!(
        (usage.model_call_count, usage.input_token_count, usage.output_token_count),
        (2, 250, 16)
    );
    let days = talk.chat.clone().get_usage(GetUsageRequest::default()).await.expect("usage");
    let [day] = &days.into_inner().days[..] else { panic!("one day") };
    assert_eq!(
        (day.model.as_str(), day.input_token_count, day.output_token_count),
        ("test", 250, 16)
    );
}

async fn connections_are_used_again() {
    // The end of the body comes a little behind all that is of interest.
    let late = || Reply::from(Answer::say("Yes.")).ended_late(Duration::from_millis(1));
    let server = ModelServer::start(move |_| late()).await;
    let talk = talk(settings([("test", openai(&server))])).await;
    for _ in 0..3 {
        answered(&talk, "still there?").await;
    }
    assert_eq!((server.asks().len(), server.connections()), (3, 1));
}

database_tests! {
    tests:
        the_model_is_given_the_conversation_and_the_tools_and_its_key,
        pieces_are_passed_on_as_they_come,
        a_character_may_come_in_many_pieces,
        calls_made_at_once_run_in_their_order_and_their_results_come_back_in_it,
        ids_of_calls_are_unique_in_all_that_a_model_is_given,
        tokens_are_counted_for_the_turn_and_for_the_day,
        connections_are_used_again;
}
