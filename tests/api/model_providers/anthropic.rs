//! Anthropic, in its own protocol.

use serde_json::json;
use tandem_llm::Kind;
use tandem_test_support::model_server::{Answer, Ask, ModelServer, Reply};

use super::{KEY, answered, talk_in, unanswered};
use crate::support::test_conversation::Talk;

async fn talk_to(replies: impl IntoIterator<Item = Reply>) -> (Talk, ModelServer) {
    talk_in(Kind::ANTHROPIC, "claude-test", replies).await
}

/// What it was given: the role of each message, and the types of its blocks.
fn shape(ask: &Ask) -> Vec<(&str, Vec<&str>)> {
    ask.messages()
        .iter()
        .map(|message| {
            let blocks = message["content"].as_array().expect("blocks").iter();
            let types = blocks.map(|block| block["type"].as_str().expect("a type")).collect();
            (message["role"].as_str().expect("a role"), types)
        })
        .collect()
}

async fn text_calls_and_usage_come_through() {
    let add = |title| json!({"title": title});
    let both = Answer::say("Adding")
        .and_say(" two.")
        .call("add_task", &add("milk"))
        .call("add_task", &add("eggs"))
        .usage(100, 7);
    let last = Reply::from(Answer::say("Zoë.").usage(150, 9)).byte_by_byte();
    let (talk, server) = talk_to([both.into(), last, Answer::say("Yes.").into()]).await;
    let message = answered(&talk, "milk and eggs").await;
    assert_eq!(message.content, "Adding two.\n\nZoë.");
    let usage = talk.turn(&message.turn_id).await.usage.expect("what it took");
    assert_eq!((usage.input_token_count, usage.output_token_count), (250, 16));

    let asks = server.asks();
    let [first, second] = &asks[..] else { panic!("two calls: {asks:?}") };
    assert_eq!((first.path.as_str(), first.header("x-api-key")), ("/v1/messages", KEY));
    assert_eq!(first.header("anthropic-version"), "2023-06-01");
    assert!(first.body["system"].as_str().expect("a system prompt").contains("Tandem"));
    assert!(first.body["tools"][0]["input_schema"]["properties"].is_object());
    assert_eq!(
        (&first.body["model"], &first.body["max_tokens"]),
        (&json!("claude-test"), &json!(4096))
    );

    // The results of calls made at once are one message.
    let calls = ("assistant", vec!["text", "tool_use", "tool_use"]);
    let results = ("user", vec!["tool_result", "tool_result"]);
    assert_eq!(shape(second), [("user", vec!["text"]), calls, results]);
    let [_, assistant, user] = second.messages() else { panic!("three messages") };
    let (calls, results) = (&assistant["content"], &user["content"]);
    for (call, result) in [(&calls[1], &results[0]), (&calls[2], &results[1])] {
        assert_eq!(call["id"], result["tool_use_id"]);
    }
    assert_eq!(calls[2]["input"], add("eggs"));

    answered(&talk, "thanks").await;
    let third = &server.asks()[2];
    let roles = shape(third).into_iter().map(|(role, _)| role).collect::<Vec<_>>();
    assert_eq!(roles, ["user", "assistant", "user", "assistant", "user"], "they take turns");
}

async fn an_answer_that_ends_without_an_end_is_not_whole() {
    // The start, a ping, the start of the block, the first piece.
    let begun = Reply::from(Answer::say("Hello").and_say(", world")).ended_after(4);
    let (talk, server) = talk_to([begun, Answer::say("Yes.").into()]).await;
    let kept = unanswered(&talk, "hello").await.expect("what was written");
    assert_eq!((kept.content.as_str(), kept.incomplete), ("Hello", true));
    assert_eq!(server.asks().len(), 1);
}

async fn a_provider_that_is_overloaded_is_asked_again() {
    let error =
        json!({"type": "error", "error": {"type": "overloaded_error", "message": "canary"}});
    let overloaded = Reply::bytes([format!("event: error\ndata: {error}\n\n")]);
    let (talk, server) = talk_to([overloaded, Answer::say("Yes.").into()]).await;
    assert_eq!(answered(&talk, "hello").await.content, "Yes.");
    assert_eq!(server.asks().len(), 2);
}

database_tests! {
    tests:
        text_calls_and_usage_come_through,
        an_answer_that_ends_without_an_end_is_not_whole,
        a_provider_that_is_overloaded_is_asked_again;
}
