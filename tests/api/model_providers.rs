//! Model providers over HTTP: requests, responses and failures.

mod anthropic;
mod bounds;
mod fallback_usage;
mod gemini;
mod interrupted_responses;
mod openai;
mod openai_servers;
mod protocols;
mod retries;
mod scripted;
mod selection;
mod stop_reasons;
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
use crate::support::test_conversation::{TestConversation, rest};

/// A provider's error text, which no user may see.
const WORDS: &str = "the account of canary@provider.test is out of credit";

/// The API key; must not appear in any output.
const KEY: &str = "sk-canary-1234567890";

/// The server as a provider with the OpenAI protocol.
fn openai(server: &ModelServer) -> Provider {
    provider(Kind::OPENAI, server)
}

/// The server as a provider with the protocol of `kind`.
fn provider(kind: Kind, server: &ModelServer) -> Provider {
    let base_url = if kind == Kind::OPENAI { server.openai_url() } else { server.url() };
    Provider {
        model: Some("test-model".to_owned()),
        base_url: Some(base_url),
        api_key: Some(KEY.into()),
        ..Provider::new(kind)
    }
}

/// Settings with these providers, in fallback order.
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
async fn conversation(settings: Settings) -> TestConversation {
    TestConversation::start(Start { models: Some(settings), ..Start::default() }).await
}

/// A conversation with a server that speaks the protocol of `kind` and returns each reply once.
async fn conversation_in(
    kind: Kind,
    model: &str,
    replies: impl IntoIterator<Item = Reply>,
) -> (TestConversation, ModelServer) {
    let server = ModelServer::play(replies).await;
    let provider = Provider {
        model: Some(model.to_owned()),
        base_url: Some(server.url()),
        api_key: Some(KEY.into()),
        ..Provider::new(kind)
    };
    (conversation(settings([("test", provider)])).await, server)
}

/// A conversation with a server that returns each reply once.
async fn conversation_with(
    replies: impl IntoIterator<Item = Reply>,
) -> (TestConversation, ModelServer) {
    let server = ModelServer::play(replies).await;
    let conversation = conversation(settings([("test", openai(&server))])).await;
    (conversation, server)
}

/// The answer to a message.
async fn answered(conversation: &TestConversation, message: &str) -> Message {
    let answer = conversation.send(message).await.expect("an answer").into_inner();
    answer.assistant_message.expect("an answer")
}

/// Sends a message that no model answers; returns the partial answer, if any. The caller must see only the
/// refusal, and nothing that the provider sent.
async fn unanswered(conversation: &TestConversation, message: &str) -> Option<Message> {
    let refusal = conversation.send(message).await;
    check_refusal(refusal);
    let turn = conversation.turn(&conversation.newest_turn().await).await;
    assert_eq!(turn.state(), TurnState::Failed);
    let events = rest(conversation.follow(&turn.id, 0).await).await;
    let messages = conversation.messages().await;
    check_no_leak(&(&turn, &events, &messages));
    messages.into_iter().find(|it| it.id == turn.assistant_message_id)
}

fn check_refusal(refusal: Result<Response<CreateMessageResponse>, Status>) {
    let refusal = refused(refusal);
    assert_eq!(reason(&refusal), (Code::Aborted, "MODEL_UNAVAILABLE".to_owned()));
    assert!(refusal.get_details_retry_info().is_none(), "the message is stored");
    check_no_leak(&refusal);
}

/// Checks that `seen` contains nothing that the provider sent, and neither its key nor its address.
fn check_no_leak(seen: &impl Debug) {
    let seen = format!("{seen:?}");
    for secret in ["canary", "credit", "127.0.0.1", "test-model", "HTTP", "JSON"] {
        assert!(!seen.contains(secret), "{secret} in {seen}");
    }
}

database_tests! {
    modules:
        anthropic, bounds, fallback_usage, gemini, interrupted_responses, openai, openai_servers,
        protocols, retries, scripted, selection, stop_reasons, timeouts, tool_errors;
}
