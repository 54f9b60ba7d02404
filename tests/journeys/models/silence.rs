//! Providers that say nothing.

use std::time::Duration;

use tandem_config::HumanDuration;
use tandem_llm::{Provider, Settings};
use tandem_test_support::model_server::{Answer, ModelServer, Reply};
use tonic::Code;

use super::{answered, openai, settings, talk, unanswered};
use crate::app::Start;
use crate::refusal::{reason, refused};
use crate::talk::Talk;

/// A provider that may be silent for so long.
fn patient(server: &ModelServer, silence_timeout_ms: u64) -> Provider {
    Provider { silence_timeout_ms, ..openai(server) }
}

fn only(server: &ModelServer, silence_timeout_ms: u64) -> Settings {
    settings([("test", patient(server, silence_timeout_ms))])
}

#[tokio::test]
async fn silence_from_the_start_is_not_waited_for_twice() {
    let server = ModelServer::start(|_| Reply::from(Answer::say("Hi")).silent_after(0)).await;
    let talk = talk(only(&server, 100)).await;
    assert_eq!(unanswered(&talk, "hello").await, None);
    assert_eq!(server.asks().len(), 1);
}

#[tokio::test]
async fn silence_in_the_middle_ends_the_turn_with_what_was_said() {
    let server = ModelServer::start(|_| {
        Reply::from(Answer::say("Hello, I").and_say(" am")).silent_after(1)
    })
    .await;
    let talk = talk(only(&server, 1_500)).await;
    let kept = unanswered(&talk, "hello").await.expect("what was written");
    assert_eq!((kept.content.as_str(), kept.incomplete), ("Hello, I", true));
    assert_eq!(server.asks().len(), 1);
}

#[tokio::test]
async fn a_slow_answer_is_no_silent_one() {
    // Longer than the limit in all, and never as long between two pieces.
    let answer = (0..12).fold(Answer::default(), |answer, _| answer.and_say("tick "));
    let server =
        ModelServer::play([Reply::from(answer).slowly(Duration::from_millis(150))]).await;
    let talk = talk(only(&server, 1_500)).await;
    assert_eq!(answered(&talk, "wait").await.content.matches("tick").count(), 12);
}

#[tokio::test]
async fn behind_a_silent_provider_the_next_is_asked() {
    let silent = ModelServer::start(|_| Reply::from(Answer::say("Hi")).silent_after(0)).await;
    let second = ModelServer::start(|_| Answer::say("Yes.").into()).await;
    let talk =
        talk(settings([("silent", patient(&silent, 100)), ("second", openai(&second))])).await;
    assert_eq!(answered(&talk, "hello").await.content, "Yes.");
}

#[tokio::test]
async fn a_turn_ends_in_time_whatever_a_provider_does() {
    let server = ModelServer::start(|_| Reply::from(Answer::say("Hi")).silent_after(0)).await;
    let models = Some(only(&server, 60_000));
    let chat = |settings: &mut tandem_chat::Settings| settings.agent.turn_timeout = HumanDuration::from_secs(1);
    let talk = Talk::start(Start { models, chat, ..Start::default() }).await;
    let refusal = refused(talk.say("hello").await);
    assert_eq!(reason(&refusal), (Code::ResourceExhausted, "AGENT_LIMIT_REACHED".to_owned()));
}
