//! The Anthropic protocol.

use serde_json::json;
use tandem_llm::Kind;
use tandem_test_support::model_server::{Answer, ModelRequest, ModelServer, Reply};

use super::{KEY, answered, conversation_in, unanswered};
use crate::support::test_conversation::TestConversation;

async fn conversation_with(
    replies: impl IntoIterator<Item = Reply>,
) -> (TestConversation, ModelServer) {
    conversation_in(Kind::ANTHROPIC, "claude-test", replies).await
}

/// The role of each message of a request, and the types of its blocks.
fn shape(request: &ModelRequest) -> Vec<(&str, Vec<&str>)> {
    request
        .messages()
        .iter()
        .map(|message| {
            let blocks = message["content"].as_array().expect("blocks").iter();
            let types = blocks.map(|block| block["type"].as_str().expect("a type")).collect();
            (message["role"].as_str().expect("a role"), types)
        })
        .collect()
}

async fn text_calls_and_usage_are_decoded() {
    let add = |title| json!({"title": title});
    let both = Answer::text("Adding")
        .and_text(" two.")
        .call("add_task", &add("milk"))
        .call("add_task", &add("eggs"))
        .usage(100, 7);
    let last = Reply::from(Answer::text("Zoë.").usage(150, 9)).byte_by_byte();
    let (conversation, server) =
        conversation_with([both.into(), last, Answer::text("Yes.").into()]).await;
    let message = answered(&conversation, "milk and eggs").await;
    assert_eq!(message.content, "Adding two.\n\nZoë.");
    let usage = conversation.turn(&message.turn_id).await.usage.expect("usage");
    assert_eq!((usage.input_token_count, usage.output_token_count), (250, 16));

    let requests = server.requests();
    let [first, second] = &requests[..] else { panic!("two calls: {requests:?}") };
    assert_eq!((first.path.as_str(), first.header("x-api-key")), ("/v1/messages", KEY));
    assert_eq!(first.header("anthropic-version"), "2023-06-01");
    assert!(first.body["system"].as_str().expect("a system prompt").contains("Tandem"));
    assert!(first.body["tools"][0]["input_schema"]["properties"].is_object());
    assert_eq!(
        (&first.body["model"], &first.body["max_tokens"]),
        (&json!("claude-test"), &json!(4096))
    );

    // The results of parallel calls are one message.
    let calls = ("assistant", vec!["text", "tool_use", "tool_use"]);
    let results = ("user", vec!["tool_result", "tool_result"]);
    assert_eq!(shape(second), [("user", vec!["text"]), calls, results]);
    let [_, assistant, user] = second.messages() else { panic!("three messages") };
    let (calls, results) = (&assistant["content"], &user["content"]);
    for (call, result) in [(&calls[1], &results[0]), (&calls[2], &results[1])] {
        assert_eq!(call["id"], result["tool_use_id"]);
    }
    assert_eq!(calls[2]["input"], add("eggs"));

    answered(&conversation, "thanks").await;
    let third = &server.requests()[2];
    let roles = shape(third).into_iter().map(|(role, _)| role).collect::<Vec<_>>();
    assert_eq!(roles, ["user", "assistant", "user", "assistant", "user"], "roles alternate");
}

async fn truncated_response_is_incomplete() {
    // Message start, ping, block start, first delta.
    let begun = Reply::from(Answer::text("Hello").and_text(", world")).ended_after(4);
    let (conversation, server) = conversation_with([begun, Answer::text("Yes.").into()]).await;
    let kept = unanswered(&conversation, "hello").await.expect("the partial answer");
    assert_eq!((kept.content.as_str(), kept.incomplete), ("Hello", true));
    assert_eq!(server.requests().len(), 1);
}

async fn overload_is_retried() {
    let error =
        json!({"type": "error", "error": {"type": "overloaded_error", "message": "canary"}});
    let overloaded = Reply::bytes([format!("event: error\ndata: {error}\n\n")]);
    let (conversation, server) = conversation_with([overloaded, Answer::text("Yes.").into()]).await;
    assert_eq!(answered(&conversation, "hello").await.content, "Yes.");
    assert_eq!(server.requests().len(), 2);
}

database_tests! {
    tests:
        text_calls_and_usage_are_decoded,
        truncated_response_is_incomplete,
        overload_is_retried;
}
