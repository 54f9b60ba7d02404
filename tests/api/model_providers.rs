//! Model providers over HTTP: requests, responses and failures.

mod anthropic;
mod gemini;
mod interrupted_responses;
mod openai;
mod retries;
mod scripted;
mod selection;
mod timeouts;
mod tool_errors;

use std::fmt::Debug;
use std::time::Duration;

use tandem_llm::{Kind, Provider, Settings};
use tandem_proto::chat::{CreateMessageResponse, Message, TurnState};
use tandem_test_support::model_server::{ModelServer, Reply};
use tonic::{Code, Response, Status};
use tonic_types::StatusExt as _;

use crate::support::app::Start;
use crate::support::refusal::{reason, refused};
use crate::support::test_conversation::{Talk, rest};

/// What a provider says that no user may read.
const WORDS: &str = "the account of canary@provider.test is out of credit";

/// The key of the providers, which nobody may read.
const KEY: &str = "sk-canary-1234567890";

/// A server, as a provider that speaks the OpenAI protocol.
fn openai(server: &ModelServer) -> Provider {
    Provider {
        model: Some("test-model".to_owned()),
        base_url: Some(server.openai_url()),
        api_key: Some(KEY.into()),
        ..Provider::new(Kind::OPENAI)
    }
}

/// Settings that use these providers, the first for everybody who names none.
fn settings<const N: usize>(providers: [(&str, Provider); N]) -> Settings {
    let mut settings = Settings {
        retry_initial_backoff: Duration::from_millis(1).into(),
        retry_max_backoff: Duration::from_secs(1).into(),
        ..Settings::default()
    };
    settings.fallback_order = providers.iter().map(|(name, _)| (*name).to_owned()).collect();
    settings.providers.extend(providers.map(|(name, provider)| (name.to_owned(), provider)));
    settings
}

/// A conversation in a system with these models.
async fn talk(settings: Settings) -> Talk {
    Talk::start(Start { models: Some(settings), ..Start::default() }).await
}

/// A conversation with a server that speaks the protocol of Gemini or Anthropic, and gives each of these
/// answers to one call.
async fn talk_in(
    kind: Kind,
    model: &str,
    replies: impl IntoIterator<Item = Reply>,
) -> (Talk, ModelServer) {
    let server = ModelServer::play(replies).await;
    let provider = Provider {
        model: Some(model.to_owned()),
        base_url: Some(server.url()),
        api_key: Some(KEY.into()),
        ..Provider::new(kind)
    };
    (talk(settings([("test", provider)])).await, server)
}

/// A conversation with a server that gives each of these answers to one call.
async fn talk_to(replies: impl IntoIterator<Item = Reply>) -> (Talk, ModelServer) {
    let server = ModelServer::play(replies).await;
    let talk = talk(settings([("test", openai(&server))])).await;
    (talk, server)
}

/// The answer to a message.
async fn answered(talk: &Talk, message: &str) -> Message {
    let answer = talk.say(message).await.expect("an answer").into_inner();
    answer.assistant_message.expect("an answer")
}

/// Says something that fails because no model answers: what is kept of the answer, if anything. Whatever
/// the provider said, the caller learns that, and when to try again, and nothing else.
async fn unanswered(talk: &Talk, message: &str) -> Option<Message> {
    let refusal = talk.say(message).await;
    check_refusal(refusal);
    let turn = talk.turn(&talk.newest_turn().await).await;
    assert_eq!(turn.state(), TurnState::Failed);
    let events = rest(talk.follow(&turn.id, 0).await).await;
    let messages = talk.messages().await;
    check_silence(&(&turn, &events, &messages));
    messages.into_iter().find(|it| it.id == turn.assistant_message_id)
}

fn check_refusal(refusal: Result<Response<CreateMessageResponse>, Status>) {
    let refusal = refused(refusal);
    assert_eq!(reason(&refusal), (Code::Unavailable, "MODEL_UNAVAILABLE".to_owned()));
    let retry = refusal.get_details_retry_info().and_then(|info| info.retry_delay);
    assert!(retry.is_some_and(|delay| !delay.is_zero()), "{retry:?}");
    check_silence(&refusal);
}

/// Nothing of what the provider said, nor of its key or place, is in what a caller sees.
fn check_silence(seen: &impl Debug) {
    let seen = format!("{seen:?}");
    for secret in ["canary", "credit", "127.0.0.1", "test-model", "HTTP", "JSON"] {
        assert!(!seen.contains(secret), "{secret} in {seen}");
    }
}

database_tests! {
    modules:
        anthropic, gemini, interrupted_responses, openai, retries, scripted, selection, timeouts,
        tool_errors;
}
