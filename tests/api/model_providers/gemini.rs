//! Gemini, in its own protocol.

use serde_json::{Value, json};
use tandem_llm::Kind;
use tandem_test_support::model_server::{Answer, Ask, ModelServer, Reply};

use super::{KEY, answered, talk_in, unanswered};
use crate::support::json::object;
use crate::support::test_conversation::Talk;

async fn talk_to(replies: impl IntoIterator<Item = Reply>) -> (Talk, ModelServer) {
    talk_in(Kind::GEMINI, "gemini-test", replies).await
}

/// The roles of what it was given, and how many parts each has.
fn shape(ask: &Ask) -> Vec<(&str, usize)> {
    let contents = ask.body["contents"].as_array().expect("contents").iter();
    let parts = |content: &Value| content["parts"].as_array().map_or(0, Vec::len);
    contents.map(|it| (it["role"].as_str().expect("a role"), parts(it))).collect()
}

async fn text_calls_and_usage_come_through() {
    let add = |title| json!({"title": title});
    let both = Answer::say("Adding")
        .and_say(" two.")
        .call("add_task", &add("milk"))
        .call("add_task", &add("eggs"))
        .usage(100, 7);
    let (talk, server) =
        talk_to([both.into(), Reply::from(Answer::say("Zoë.").usage(150, 9)).byte_by_byte()]).await;
    let message = answered(&talk, "milk and eggs").await;
    assert_eq!(message.content, "Adding two.\n\nZoë.");
    let titles =
        message.tool_calls.iter().map(|call| object(call.arguments.as_ref().expect("arguments")));
    assert_eq!(titles.collect::<Vec<_>>(), [add("milk"), add("eggs")]);
    let usage = talk.turn(&message.turn_id).await.usage.expect("what it took");
    assert_eq!((usage.input_token_count, usage.output_token_count), (250, 16));

    let asks = server.asks();
    let [first, second] = &asks[..] else { panic!("two calls: {asks:?}") };
    assert_eq!(first.path, "/v1beta/models/gemini-test:streamGenerateContent");
    assert_eq!(first.header("x-goog-api-key"), KEY);
    assert_eq!(shape(first), [("user", 1)]);
    let tools = &first.body["tools"][0]["functionDeclarations"];
    assert!(tools[0]["parametersJsonSchema"]["properties"].is_object(), "{tools}");
    assert_eq!(first.body["generationConfig"]["maxOutputTokens"], 4096);

    // The text and both calls; both results; and what it wants back with the first call.
    assert_eq!(shape(second), [("user", 1), ("model", 3), ("user", 2)]);
    let calls = &second.body["contents"][1]["parts"];
    assert_eq!(calls[1]["functionCall"]["args"], add("milk"));
    assert_eq!(calls[1]["thoughtSignature"], "c2lnbmF0dXJl");
    assert_eq!(calls[2]["thoughtSignature"], Value::Null);
    let results = &second.body["contents"][2]["parts"];
    assert_eq!(results[0]["functionResponse"]["name"], "add_task");
    assert_eq!(results[1]["functionResponse"]["response"]["number"], 2);
}

async fn an_answer_that_ends_without_an_end_is_not_whole() {
    // Its thoughts, and the first piece.
    let (talk, server) = talk_to([
        Reply::from(Answer::say("Hello").and_say(", world")).ended_after(2),
        Answer::say("Yes.").into(),
    ])
    .await;
    let kept = unanswered(&talk, "hello").await.expect("what was written");
    assert_eq!((kept.content.as_str(), kept.incomplete), ("Hello", true));
    assert_eq!(server.asks().len(), 1);
}

async fn what_it_cannot_answer_is_refused_or_asked_again() {
    let malformed = json!({"candidates": [{"finishReason": "MALFORMED_FUNCTION_CALL"}]});
    let again = Reply::bytes([format!("data: {malformed}\n\n")]);
    let (talk, server) = talk_to([again, Answer::say("Yes.").into()]).await;
    assert_eq!(answered(&talk, "hello").await.content, "Yes.");
    assert_eq!(server.asks().len(), 2);

    let blocked = json!({"promptFeedback": {"blockReason": "SAFETY canary"}});
    let (talk, server) = talk_to([Reply::bytes([format!("data: {blocked}\n\n")])]).await;
    assert_eq!(unanswered(&talk, "hello").await, None);
    assert_eq!(server.asks().len(), 1);
}

database_tests! {
    tests:
        text_calls_and_usage_come_through,
        an_answer_that_ends_without_an_end_is_not_whole,
        what_it_cannot_answer_is_refused_or_asked_again;
}
