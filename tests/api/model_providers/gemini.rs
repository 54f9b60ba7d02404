//! The Gemini protocol.

use serde_json::{Value, json};
use tandem_llm::Kind;
use tandem_test_support::model_server::{Answer, ModelRequest, ModelServer, Reply};

use super::{KEY, answered, conversation_in, unanswered};
use crate::support::json::object;
use crate::support::test_conversation::TestConversation;

async fn conversation_with(
    replies: impl IntoIterator<Item = Reply>,
) -> (TestConversation, ModelServer) {
    conversation_in(Kind::GEMINI, "gemini-test", replies).await
}

/// The role of each content of a request, and its number of parts.
fn shape(request: &ModelRequest) -> Vec<(&str, usize)> {
    let contents = request.body["contents"].as_array().expect("contents").iter();
    let parts = |content: &Value| content["parts"].as_array().map_or(0, Vec::len);
    contents.map(|it| (it["role"].as_str().expect("a role"), parts(it))).collect()
}

async fn text_calls_and_usage_are_decoded() {
    let add = |title| json!({"title": title});
    let both = Answer::text("Adding")
        .and_text(" two.")
        .call("add_task", &add("milk"))
        .call("add_task", &add("eggs"))
        .usage(100, 7);
    let (conversation, server) = conversation_with([
        both.into(),
        Reply::from(Answer::text("Zoë.").usage(150, 9)).byte_by_byte(),
    ])
    .await;
    let message = answered(&conversation, "milk and eggs").await;
    assert_eq!(message.content, "Adding two.\n\nZoë.");
    let titles =
        message.tool_calls.iter().map(|call| object(call.arguments.as_ref().expect("arguments")));
    assert_eq!(titles.collect::<Vec<_>>(), [add("milk"), add("eggs")]);
    let usage = conversation.turn(&message.turn_id).await.usage.expect("usage");
    assert_eq!((usage.input_token_count, usage.output_token_count), (250, 16));

    let requests = server.requests();
    let [first, second] = &requests[..] else { panic!("two calls: {requests:?}") };
    assert_eq!(first.path, "/v1beta/models/gemini-test:streamGenerateContent");
    assert_eq!(first.header("x-goog-api-key"), KEY);
    assert_eq!(shape(first), [("user", 1)]);
    let tools = &first.body["tools"][0]["functionDeclarations"];
    assert!(tools[0]["parametersJsonSchema"]["properties"].is_object(), "{tools}");
    assert_eq!(first.body["generationConfig"]["maxOutputTokens"], 4096);

    // The text and both calls; both results; and the signature of the first call.
    assert_eq!(shape(second), [("user", 1), ("model", 3), ("user", 2)]);
    let calls = &second.body["contents"][1]["parts"];
    assert_eq!(calls[1]["functionCall"]["args"], add("milk"));
    assert_eq!(calls[1]["thoughtSignature"], "c2lnbmF0dXJl");
    assert_eq!(calls[2]["thoughtSignature"], Value::Null);
    let results = &second.body["contents"][2]["parts"];
    assert_eq!(results[0]["functionResponse"]["name"], "add_task");
    assert_eq!(results[1]["functionResponse"]["response"]["number"], 2);
}

async fn truncated_response_is_incomplete() {
    // The thoughts and the first piece of text.
    let (conversation, server) = conversation_with([
        Reply::from(Answer::text("Hello").and_text(", world")).ended_after(2),
        Answer::text("Yes.").into(),
    ])
    .await;
    let kept = unanswered(&conversation, "hello").await.expect("the partial answer");
    assert_eq!((kept.content.as_str(), kept.incomplete), ("Hello", true));
    assert_eq!(server.requests().len(), 1);
}

async fn malformed_is_retried_blocked_is_not() {
    let malformed = json!({"candidates": [{"finishReason": "MALFORMED_FUNCTION_CALL"}]});
    let again = Reply::bytes([format!("data: {malformed}\n\n")]);
    let (conversation, server) = conversation_with([again, Answer::text("Yes.").into()]).await;
    assert_eq!(answered(&conversation, "hello").await.content, "Yes.");
    assert_eq!(server.requests().len(), 2);

    let blocked = json!({"promptFeedback": {"blockReason": "SAFETY canary"}});
    let (conversation, server) =
        conversation_with([Reply::bytes([format!("data: {blocked}\n\n")])]).await;
    assert_eq!(unanswered(&conversation, "hello").await, None);
    assert_eq!(server.requests().len(), 1);
}

database_tests! {
    tests:
        text_calls_and_usage_are_decoded,
        truncated_response_is_incomplete,
        malformed_is_retried_blocked_is_not;
}
