//! Providers that stop sending.

use std::time::Duration;

use tandem_config::HumanDuration;
use tandem_llm::{Provider, Settings};
use tandem_test_support::model_server::{Answer, ModelServer, Reply};
use tonic::Code;

use super::{answered, openai, settings, talk, unanswered};
use crate::support::app::Start;
use crate::support::refusal::{reason, refused};
use crate::support::test_conversation::Talk;

/// A provider that may be silent for so long.
fn patient(server: &ModelServer, idle_timeout_ms: u64) -> Provider {
    let stream_idle_timeout = Duration::from_millis(idle_timeout_ms).into();
    Provider { stream_idle_timeout, ..openai(server) }
}

fn only(server: &ModelServer, idle_timeout_ms: u64) -> Settings {
    settings([("test", patient(server, idle_timeout_ms))])
}

async fn silence_from_the_start_is_not_waited_for_twice() {
    let server = ModelServer::start(|_| Reply::from(Answer::say("Hi")).silent_after(0)).await;
    let talk = talk(only(&server, 100)).await;
    assert_eq!(unanswered(&talk, "hello").await, None);
    assert_eq!(server.asks().len(), 1);
}

async fn silence_in_the_middle_ends_the_turn_with_what_was_said() {
    let server =
        ModelServer::start(|_| Reply::from(Answer::say("Hello, I").and_say(" am")).silent_after(1))
            .await;
    let talk = talk(only(&server, 1_500)).await;
    let kept = unanswered(&talk, "hello").await.expect("what was written");
    assert_eq!((kept.content.as_str(), kept.incomplete), ("Hello, I", true));
    assert_eq!(server.asks().len(), 1);
}

async fn a_slow_answer_is_no_silent_one() {
    // Longer than the limit in all, and never as long between two pieces.
    let answer = (0..12).fold(Answer::default(), |answer, _| answer.and_say("tick "));
    let server = ModelServer::play([Reply::from(answer).slowly(Duration::from_millis(150))]).await;
    let talk = talk(only(&server, 1_500)).await;
    assert_eq!(answered(&talk, "wait").await.content.matches("tick").count(), 12);
}

async fn behind_a_silent_provider_the_next_is_asked() {
    let silent = ModelServer::start(|_| Reply::from(Answer::say("Hi")).silent_after(0)).await;
    let second = ModelServer::start(|_| Answer::say("Yes.").into()).await;
    let talk =
        talk(settings([("silent", patient(&silent, 100)), ("second", openai(&second))])).await;
    assert_eq!(answered(&talk, "hello").await.content, "Yes.");
}

async fn a_turn_ends_in_time_whatever_a_provider_does() {
    let server = ModelServer::start(|_| Reply::from(Answer::say("Hi")).silent_after(0)).await;
    let models = Some(only(&server, 60_000));
    let chat = |settings: &mut tandem_chat::Settings| {
        settings.agent.turn_timeout = HumanDuration::from_secs(1)
    };
    let talk = Talk::start(Start { models, chat, ..Start::default() }).await;
    let refusal = refused(talk.say("hello").await);
    assert_eq!(reason(&refusal), (Code::ResourceExhausted, "AGENT_LIMIT_REACHED".to_owned()));
}

database_tests! {
    tests:
        silence_from_the_start_is_not_waited_for_twice,
        silence_in_the_middle_ends_the_turn_with_what_was_said,
        a_slow_answer_is_no_silent_one,
        behind_a_silent_provider_the_next_is_asked,
        a_turn_ends_in_time_whatever_a_provider_does;
}
