//! Providers that stop sending.

use std::time::Duration;

use tandem_config::HumanDuration;
use tandem_llm::{Provider, Settings};
use tandem_test_support::model_server::{Answer, ModelServer, Reply};
use tonic::Code;

use super::{answered, conversation, openai, settings, unanswered};
use crate::support::app::Start;
use crate::support::refusal::{reason, refused};
use crate::support::test_conversation::TestConversation;

/// A provider with this idle timeout.
fn with_idle_timeout(server: &ModelServer, idle_timeout_ms: u64) -> Provider {
    let stream_idle_timeout = Duration::from_millis(idle_timeout_ms).into();
    Provider { stream_idle_timeout, ..openai(server) }
}

fn only(server: &ModelServer, idle_timeout_ms: u64) -> Settings {
    settings([("test", with_idle_timeout(server, idle_timeout_ms))])
}

async fn initial_silence_is_not_retried() {
    let server = ModelServer::start(|_| Reply::from(Answer::text("Hi")).silent_after(0)).await;
    let conversation = conversation(only(&server, 100)).await;
    assert_eq!(unanswered(&conversation, "hello").await, None);
    assert_eq!(server.requests().len(), 1);
}

async fn later_silence_keeps_the_text() {
    let server = ModelServer::start(|_| {
        Reply::from(Answer::text("Hello, I").and_text(" am")).silent_after(1)
    })
    .await;
    let conversation = conversation(only(&server, 1_500)).await;
    let kept = unanswered(&conversation, "hello").await.expect("the partial answer");
    assert_eq!((kept.content.as_str(), kept.incomplete), ("Hello, I", true));
    assert_eq!(server.requests().len(), 1);
}

async fn slow_response_is_accepted() {
    // Longer than the limit in total, but not between two events.
    let answer = (0..12).fold(Answer::default(), |answer, _| answer.and_text("tick "));
    let server = ModelServer::play([Reply::from(answer).slowly(Duration::from_millis(150))]).await;
    let conversation = conversation(only(&server, 1_500)).await;
    assert_eq!(answered(&conversation, "wait").await.content.matches("tick").count(), 12);
}

async fn fallback_follows_a_silent_provider() {
    let silent = ModelServer::start(|_| Reply::from(Answer::text("Hi")).silent_after(0)).await;
    let second = ModelServer::start(|_| Answer::text("Yes.").into()).await;
    let conversation = conversation(settings([
        ("silent", with_idle_timeout(&silent, 100)),
        ("second", openai(&second)),
    ]))
    .await;
    assert_eq!(answered(&conversation, "hello").await.content, "Yes.");
}

async fn turn_limit_ends_a_silent_call() {
    let server = ModelServer::start(|_| Reply::from(Answer::text("Hi")).silent_after(0)).await;
    let models = Some(only(&server, 60_000));
    let chat = |settings: &mut tandem_chat::Settings| {
        settings.agent.turn_timeout = HumanDuration::from_secs(1)
    };
    let conversation = TestConversation::start(Start { models, chat, ..Start::default() }).await;
    let refusal = refused(conversation.send("hello").await);
    assert_eq!(reason(&refusal), (Code::ResourceExhausted, "AGENT_LIMIT_REACHED".to_owned()));
}

database_tests! {
    tests:
        initial_silence_is_not_retried,
        later_silence_keeps_the_text,
        slow_response_is_accepted,
        fallback_follows_a_silent_provider,
        turn_limit_ends_a_silent_call;
}
