//! Turns through a proxy that repeats calls as a service mesh does: no message, task or turn comes twice, with
//! and without a request id.

use std::sync::Arc;

use futures::stream::{self, BoxStream, StreamExt as _};
use serde_json::json;
use tandem_chat::Settings;
use tandem_config::HumanDuration;
use tandem_llm::{Chunk, Entry, Error, Model, Prompt};
use tandem_proto::chat::{
    CancelTurnRequest, ChatRequest, ChatResponse, CreateConversationRequest,
    ListConversationsRequest, ListMessagesRequest, Message, Role, StreamMessageRequest,
};
use tandem_proto::task::TaskFilter;
use tandem_test_support::fault_proxy::{FaultProxy, State};
use tandem_test_support::mesh_proxy::MeshProxy;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tonic::{Code, Response, Status};
use tonic_types::StatusExt as _;

use crate::support::app::{App, Start};
use crate::support::controlled_model::{call, controlled_model};
use crate::support::refusal::{metadata, reason, refused};
use crate::support::stub_tasks::LIMIT;
use crate::support::tasks::numbers;
use crate::support::test_conversation::{Chat, rest};

/// Without a request id, and with one.
const REQUEST_IDS: [&str; 2] = ["", "once"];

type Posted = JoinHandle<Result<Response<ChatResponse>, Status>>;

/// A message that begins a conversation.
fn hello(request_id: &str) -> ChatRequest {
    ChatRequest {
        message: "hello".to_owned(),
        request_id: request_id.to_owned(),
        ..ChatRequest::default()
    }
}

fn post(chat: &Chat, request: ChatRequest) -> Posted {
    let mut chat = chat.clone();
    tokio::spawn(async move { chat.chat(request).await })
}

async fn answered(posted: Posted) -> Result<Response<ChatResponse>, Status> {
    timeout(LIMIT, posted).await.expect("an answer in time").expect("no panic")
}

/// The messages of the only conversation.
async fn only_conversation(app: &App) -> Vec<Message> {
    let mut chat = app.chat_as("alice");
    let list = chat.list_conversations(ListConversationsRequest::default()).await;
    let list = list.expect("a list").into_inner().conversations;
    let [conversation] = &list[..] else { panic!("one conversation: {list:?}") };
    let request = ListMessagesRequest {
        conversation_id: conversation.id.clone(),
        ..ListMessagesRequest::default()
    };
    chat.list_messages(request).await.expect("a list").into_inner().messages
}

/// The turn of the only message of the user.
async fn only_turn(app: &App) -> String {
    let messages = only_conversation(app).await;
    let own = messages.iter().filter(|message| message.role() == Role::User).collect::<Vec<_>>();
    let [message] = &own[..] else { panic!("one message of the user: {messages:?}") };
    message.turn_id.clone()
}

/// Checks the status of a call whose message is stored and whose turn has no answer.
async fn expect_final(app: &App, status: &Status, expected: &str) {
    assert_eq!(reason(status), (Code::Aborted, expected.to_owned()));
    assert!(status.get_details_retry_info().is_none(), "a repeat posts the message again");
    let turn_id = only_turn(app).await;
    assert_eq!(metadata(status, "turn_id"), turn_id);
    let conversation_id = only_conversation(app).await[0].conversation_id.clone();
    assert_eq!(metadata(status, "conversation_id"), conversation_id);
}

/// Adds a task and then fails.
struct FailsAfterTool;

impl Model for FailsAfterTool {
    fn name(&self) -> &str {
        "fails"
    }

    fn respond(&self, prompt: Prompt) -> BoxStream<'static, Result<Chunk, Error>> {
        let piece = match prompt.entries.last() {
            Some(Entry::ToolResult { .. }) => Err(Error::unavailable("overloaded")),
            _ => Ok(call("1", "add_task", json!({"title": "milk"}))),
        };
        stream::iter([piece]).boxed()
    }
}

async fn failed_turn_is_posted_once() {
    for request_id in REQUEST_IDS {
        let model = Arc::new(FailsAfterTool);
        let app = App::start_with(Start { model, ..Start::default() }).await;
        let proxy = MeshProxy::start(&app.chat_url).await;
        let chat = app.chat_at(&proxy.url(), "alice").await;
        let status = refused(answered(post(&chat, hello(request_id))).await);
        expect_final(&app, &status, "MODEL_UNAVAILABLE").await;
        assert_eq!(numbers(&app.tasks_as("alice"), TaskFilter::default()).await, [1]);
        assert_eq!(proxy.attempts(), 1);
    }
}

async fn cancelled_turn_is_posted_once() {
    for request_id in REQUEST_IDS {
        let (model, mut model_calls) = controlled_model();
        let app = App::start_with(Start { model, ..Start::default() }).await;
        let proxy = MeshProxy::start(&app.chat_url).await;
        let posted = post(&app.chat_at(&proxy.url(), "alice").await, hello(request_id));
        let model_call = model_calls.next().await;
        model_call.text("I");
        let id = only_turn(&app).await;
        app.chat_as("alice").cancel_turn(CancelTurnRequest { id }).await.expect("the turn");
        let status = refused(answered(posted).await);
        expect_final(&app, &status, "TURN_CANCELLED").await;
        assert!(model_calls.is_empty());
        assert_eq!(proxy.attempts(), 1);
        model_call.abandoned().await;
    }
}

async fn broken_connection_posts_once() {
    for request_id in REQUEST_IDS {
        let (model, mut model_calls) = controlled_model();
        let app = App::start_with(Start { model, ..Start::default() }).await;
        let connection = FaultProxy::new(State::Open).await;
        connection.forward_to(app.chat_url.trim_start_matches("http://").parse().expect("one"));
        let proxy = MeshProxy::start(&connection.url()).await;
        let posted = post(&app.chat_at(&proxy.url(), "alice").await, hello(request_id));
        let model_call = model_calls.next().await;
        if request_id.is_empty() {
            let mut answered = proxy.answered();
            let headers = timeout(LIMIT, answered.wait_for(|answered| *answered == 1)).await;
            headers.expect("headers before the answer").expect("the proxy exists");
        }
        connection.set(State::Open);
        model_call.answer("Hello.");
        let answer = answered(posted).await;
        // With a request id the repeat gets the answer of the first.
        assert_eq!(answer.is_ok(), !request_id.is_empty(), "{answer:?}");
        only_turn(&app).await;
        assert!(model_calls.is_empty());
    }
}

async fn stopping_replica_posts_once() {
    for request_id in REQUEST_IDS {
        let (model, mut model_calls) = controlled_model();
        let chat = |settings: &mut Settings| {
            settings.server.shutdown_timeout = HumanDuration::from_secs(1);
            settings.agent.lease_duration = HumanDuration::from_mins(1);
        };
        let app = App::start_with(Start { model, chat, ..Start::default() }).await;
        let replica = app.chat_replica().await;
        let proxy = MeshProxy::start(&replica.url).await;
        let posted = post(&app.chat_at(&proxy.url(), "alice").await, hello(request_id));
        let model_call = model_calls.next().await;
        replica.stop().await;
        model_call.abandoned().await;
        let status = refused(answered(posted).await);
        if request_id.is_empty() {
            expect_final(&app, &status, "SHUTTING_DOWN").await;
            assert_eq!(proxy.attempts(), 1);
        } else {
            // A repeat with the same request id is safe: it finds the turn.
            assert_eq!(status.code(), Code::Unavailable);
            only_turn(&app).await;
        }
    }
}

async fn refused_connection_posts_nothing() {
    for request_id in REQUEST_IDS {
        let app = App::start().await;
        let connection = FaultProxy::new(State::Refuse).await;
        connection.forward_to(app.chat_url.trim_start_matches("http://").parse().expect("one"));
        let proxy = MeshProxy::start(&connection.url()).await;
        let chat = app.chat_at(&proxy.url(), "alice").await;
        let status = refused(answered(post(&chat, hello(request_id))).await);
        assert_eq!((status.code(), proxy.attempts()), (Code::Unavailable, 3));
        connection.set(State::Open);
        answered(post(&chat, hello(request_id))).await.expect("an answer");
        only_turn(&app).await;
    }
}

async fn unavailable_tasks_post_once() {
    for request_id in REQUEST_IDS {
        // Nothing listens on port 1.
        let chat = |settings: &mut Settings| {
            "http://127.0.0.1:1".clone_into(&mut settings.tasks.endpoint);
        };
        let app = App::start_with(Start { chat, ..Start::default() }).await;
        let proxy = MeshProxy::start(&app.chat_url).await;
        let chat = app.chat_at(&proxy.url(), "alice").await;
        let request = ChatRequest { message: "add buy milk".to_owned(), ..hello(request_id) };
        let answer = answered(post(&chat, request)).await.expect("an answer").into_inner();
        assert!(answer.response.contains("not available"), "{answer:?}");
        only_turn(&app).await;
        assert_eq!(proxy.attempts(), 1);
    }
}

async fn failed_stream_is_posted_once() {
    for request_id in REQUEST_IDS {
        let model = Arc::new(FailsAfterTool);
        let app = App::start_with(Start { model, ..Start::default() }).await;
        let proxy = MeshProxy::start(&app.chat_url).await;
        let mut chat = app.chat_at(&proxy.url(), "alice").await;
        let first =
            app.chat_as("alice").create_conversation(CreateConversationRequest::default()).await;
        let request = StreamMessageRequest {
            conversation_id: first.expect("a conversation").into_inner().id,
            content: "hello".to_owned(),
            request_id: request_id.to_owned(),
            ..StreamMessageRequest::default()
        };
        let events = chat.stream_message(request).await.expect("a stream").into_inner();
        rest(events).await;
        only_turn(&app).await;
        assert_eq!(numbers(&app.tasks_as("alice"), TaskFilter::default()).await, [1]);
        assert_eq!(proxy.attempts(), 1);
    }
}

database_tests! {
    tests:
        failed_turn_is_posted_once,
        cancelled_turn_is_posted_once,
        broken_connection_posts_once,
        stopping_replica_posts_once,
        refused_connection_posts_nothing,
        unavailable_tasks_post_once,
        failed_stream_is_posted_once;
}
