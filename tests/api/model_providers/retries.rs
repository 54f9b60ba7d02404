//! Retries and fallbacks.

use std::time::Duration;

use tandem_llm::Provider;
use tandem_proto::chat::turn_event::Event;
use tandem_test_support::model_server::{Answer, ModelServer, Reply};
use tonic_types::StatusExt as _;

use super::{KEY, WORDS, answered, conversation, conversation_with, openai, settings, unanswered};
use crate::support::test_conversation::{TestConversation, rest};

const HOUR: Duration = Duration::from_secs(60 * 60);

fn yes() -> Reply {
    Answer::text("Yes.").into()
}

/// A conversation with a provider whose retry backoff is one hour.
async fn with_long_backoff(replies: Vec<Reply>) -> (TestConversation, ModelServer) {
    let server = ModelServer::play(replies).await;
    let mut settings = settings([("test", openai(&server))]);
    (settings.retry_initial_backoff, settings.retry_max_backoff) = (HOUR.into(), HOUR.into());
    (conversation(settings).await, server)
}

async fn transient_errors_are_retried() {
    for status in [500, 503, 529, 429, 408, 409] {
        let (conversation, server) =
            conversation_with([Reply::status(status, WORDS), Reply::status(status, WORDS), yes()])
                .await;
        let message = answered(&conversation, "hello").await;
        assert_eq!((message.content.as_str(), message.incomplete), ("Yes.", false), "{status}");
        assert_eq!(server.requests().len(), 3, "{status}");
        let usage = conversation.turn(&message.turn_id).await.usage.expect("usage");
        assert_eq!(usage.model_call_count, 1, "retries do not count as model calls");
    }
}

async fn error_without_body_is_retried() {
    let (conversation, server) =
        conversation_with([Reply::status(500, WORDS).silent_after(0), yes()]).await;
    assert_eq!(answered(&conversation, "hello").await.content, "Yes.");
    assert_eq!(server.requests().len(), 2);
}

async fn only_the_message_is_kept_on_failure() {
    let (conversation, server) = conversation_with((0..3).map(|_| Reply::status(500, WORDS))).await;
    assert_eq!(unanswered(&conversation, "hello").await, None);
    assert_eq!((server.requests().len(), conversation.messages().await.len()), (3, 1));
}

async fn permanent_errors_are_not_retried() {
    for status in [400, 401, 404, 302] {
        let words = format!("{WORDS}: your key is {KEY}");
        let reply = Reply::status(status, &words).header("location", "http://127.0.0.1:1/");
        let (conversation, server) = conversation_with([reply]).await;
        assert_eq!(unanswered(&conversation, "hello").await, None, "{status}");
        assert_eq!(server.requests().len(), 1, "{status}");
    }
}

async fn retry_after_overrides_the_backoff() {
    // The configured backoff is one hour.
    for now in ["0", "Mon, 02 Mar 2026 09:00:00 GMT"] {
        let busy = Reply::status(429, WORDS).header("retry-after", now);
        let (conversation, server) = with_long_backoff(vec![busy, yes()]).await;
        assert_eq!(answered(&conversation, "hello").await.content, "Yes.", "{now}");
        assert_eq!(server.requests().len(), 2);
    }
}

async fn provider_decides_about_retries() {
    // The configured backoff is one hour.
    let info =
        r#"{"error": {"code": 429, "details": [{"@type": "x.RetryInfo", "retryDelay": "0.02s"}]}}"#;
    let replies = [
        Reply::status(429, WORDS).header("retry-after-ms", "20").header("retry-after", "9"),
        Reply::status(429, info),
        Reply::status(400, WORDS).header("x-should-retry", "true").header("retry-after", "0"),
    ];
    for reply in replies {
        let (conversation, server) = with_long_backoff(vec![reply, yes()]).await;
        assert_eq!(answered(&conversation, "hello").await.content, "Yes.");
        assert_eq!(server.requests().len(), 2);
    }
    let quota = r#"{"error": {"type": "insufficient_quota", "code": "insufficient_quota"}}"#;
    for reply in
        [Reply::status(429, quota), Reply::status(503, WORDS).header("x-should-retry", "false")]
    {
        let (conversation, server) = conversation_with([reply, yes()]).await;
        assert_eq!(unanswered(&conversation, "hello").await, None);
        assert_eq!(server.requests().len(), 1);
    }
}

async fn caller_receives_the_requested_delay() {
    let busy = || Reply::status(429, WORDS).header("retry-after", "34");
    let server = ModelServer::start(move |_| busy()).await;
    let conversation = conversation(settings([("test", openai(&server))])).await;
    let refusal = conversation.send("hello").await.expect_err("a refusal");
    let info = refusal.get_details_error_info().expect("details");
    assert_eq!(info.metadata.get("retry_delay").map(String::as_str), Some("34s"));
    let turn = conversation.newest_turn().await;
    let events = rest(conversation.follow(&turn, 0).await).await;
    let Some(Event::Failed(failed)) = events.into_iter().next_back().and_then(|it| it.event) else {
        panic!("a failure")
    };
    let delay = failed.error.and_then(|error| error.retry_delay).expect("a delay");
    assert_eq!(delay.seconds, 34);
}

async fn long_retry_after_is_an_error() {
    let busy = Reply::status(429, WORDS).header("retry-after", "3600");
    let (conversation, server) = conversation_with([busy, yes()]).await;
    assert_eq!(unanswered(&conversation, "hello").await, None);
    assert_eq!(server.requests().len(), 1);
}

async fn started_response_is_not_retried() {
    let begun = Answer::text("Hello, I").and_text(" am");
    let (conversation, server) = conversation_with([Reply::from(begun).cut_after(1), yes()]).await;
    let kept = unanswered(&conversation, "hello").await.expect("the partial answer");
    assert_eq!((kept.content.as_str(), kept.incomplete), ("Hello, I", true));
    assert_eq!(server.requests().len(), 1);
}

async fn next_provider_is_used_on_failure() {
    let refusals = [
        Reply::status(500, WORDS),
        Reply::status(401, WORDS),
        Reply::status(429, WORDS).header("retry-after", "3600"),
        Reply::bytes(["<html>not a model</html>"]),
    ];
    for refusal in refusals {
        let first = ModelServer::start(move |_| refusal.clone()).await;
        let second = ModelServer::start(|_| yes()).await;
        let providers = [("first", openai(&first)), ("second", openai(&second))];
        let conversation = conversation(settings(providers)).await;
        let message = answered(&conversation, "hello").await;
        assert_eq!(message.content, "Yes.");
        assert_eq!(conversation.turn(&message.turn_id).await.model, "second");
        let question = second.requests().pop().expect("a request");
        assert_eq!(question.newest(), "hello");
    }
}

async fn failed_provider_is_skipped_in_turn() {
    let first = ModelServer::start(|_| Reply::status(503, WORDS)).await;
    let list = || Reply::from(Answer::default().call("list_tasks", &serde_json::json!({})));
    let second = ModelServer::play([list(), list(), yes()]).await;
    let conversation =
        conversation(settings([("first", openai(&first)), ("second", openai(&second))])).await;
    assert_eq!(answered(&conversation, "hello").await.content, "Yes.");
    assert_eq!((first.requests().len(), second.requests().len()), (3, 3));
}

async fn unreachable_provider_is_skipped() {
    let second = ModelServer::start(|_| yes()).await;
    let without_tls = second.openai_url().replace("http://", "https://");
    // Nothing listens on port 1.
    for url in ["http://127.0.0.1:1/v1", &without_tls] {
        let away = Provider { base_url: Some(url.to_owned()), ..openai(&second) };
        let conversation =
            conversation(settings([("away", away), ("second", openai(&second))])).await;
        assert_eq!(answered(&conversation, "hello").await.content, "Yes.", "{url}");
    }
    assert_eq!(second.requests().len(), 2);
}

async fn turn_fails_if_all_providers_fail() {
    let first = ModelServer::play([Reply::status(400, WORDS), yes()]).await;
    let second = ModelServer::play([Reply::status(401, WORDS)]).await;
    let conversation =
        conversation(settings([("first", openai(&first)), ("second", openai(&second))])).await;
    assert_eq!(unanswered(&conversation, "hello").await, None);
    assert_eq!((first.requests().len(), second.requests().len()), (1, 1));
    assert_eq!(answered(&conversation, "and now?").await.content, "Yes.");
}

database_tests! {
    tests:
        transient_errors_are_retried,
        error_without_body_is_retried,
        only_the_message_is_kept_on_failure,
        permanent_errors_are_not_retried,
        retry_after_overrides_the_backoff,
        provider_decides_about_retries,
        caller_receives_the_requested_delay,
        long_retry_after_is_an_error,
        started_response_is_not_retried,
        next_provider_is_used_on_failure,
        failed_provider_is_skipped_in_turn,
        unreachable_provider_is_skipped,
        turn_fails_if_all_providers_fail;
}
