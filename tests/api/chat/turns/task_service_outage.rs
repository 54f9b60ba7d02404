//! A task service that is unavailable, slow or failing: the turn ends in time with an error for the model,
//! and no call takes effect twice.

use std::collections::HashMap;
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use futures::future::join_all;
use serde_json::json;
use tandem_chat::Settings;
use tandem_config::HumanDuration;
use tandem_llm::Entry;
use tandem_proto::chat::{ChatRequest, CreateMessageResponse, ToolCallStatus};
use tandem_proto::task::{ListTasksRequest, TaskFilter};
use tokio::net::TcpListener;
use tonic::body::Body;
use tonic::codegen::{Service, http};
use tonic::server::NamedService;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

use crate::support::app::Start;
use crate::support::controlled_model::controlled_model;
use crate::support::refusal::{reason, refused};
use crate::support::tasks::numbers;
use crate::support::test_conversation::{TestConversation, answer};
use tandem_test_support::fault_proxy::{FaultProxy, State};

/// The built-in model's answer if the call was not sent.
const UNAVAILABLE: &str = "the task service is not available right now";

/// The built-in model's answer if the call may have taken effect.
const OUTCOME_UNKNOWN: &str = "the task service did not respond; the outcome is unknown";

/// A system whose task service is reached through `proxy`.
async fn start_behind(proxy: &FaultProxy, chat: fn(&mut Settings)) -> TestConversation {
    TestConversation::start(Start { proxy: Some(proxy.clone()), chat, ..Start::default() }).await
}

/// Sends a message that needs one tool call; returns the answer and the status of the call.
async fn call_tool(conversation: &TestConversation, message: &str) -> (String, ToolCallStatus) {
    let answer = conversation.send(message).await.expect("an answer").into_inner();
    let CreateMessageResponse { assistant_message, .. } = answer;
    let message = assistant_message.expect("an answer");
    let [call] = &message.tool_calls[..] else { panic!("one call: {message:?}") };
    assert!(!message.incomplete);
    (message.content.clone(), call.status())
}

/// Sends the message until the tool call succeeds; during the outage answers return at once.
async fn call_until_done(conversation: &TestConversation, message: &str) {
    while call_tool(conversation, message).await.1 != ToolCallStatus::Succeeded {}
}

async fn tools_recover_after_an_outage() {
    let proxy = FaultProxy::new(State::Refuse).await;
    let chat = |settings: &mut Settings| {
        settings.tasks.calls.breaker_reset_timeout = HumanDuration::from_secs(1)
    };
    let conversation = start_behind(&proxy, chat).await;
    // The fifth attempt opens the breaker. After that no call is sent.
    for words in [OUTCOME_UNKNOWN, UNAVAILABLE, UNAVAILABLE] {
        let (reply, status) = call_tool(&conversation, "add buy milk").await;
        assert!(reply.contains(words), "{reply}");
        assert_eq!(status, ToolCallStatus::Failed);
    }
    proxy.set(State::Open);
    call_until_done(&conversation, "add buy milk").await;
    let (reply, status) = call_tool(&conversation, "list my tasks").await;
    assert_eq!((status, reply.matches("buy milk").count()), (ToolCallStatus::Succeeded, 1));
    assert_eq!(numbers(&conversation.app.tasks_as("alice"), TaskFilter::default()).await, [1]);
}

async fn hanging_service_is_awaited_once() {
    let proxy = FaultProxy::new(State::Silent).await;
    let chat = |settings: &mut Settings| {
        settings.tasks.calls.deadline = HumanDuration::from_secs(1);
        settings.tasks.calls.breaker_failures = 1;
        settings.tasks.calls.breaker_reset_timeout = HumanDuration::from_secs(60);
    };
    let conversation = start_behind(&proxy, chat).await;
    assert!(call_tool(&conversation, "add buy milk").await.0.contains(OUTCOME_UNKNOWN));
    assert_eq!(proxy.connections(), 1);
    // The proxy forwards again: a call would succeed if it were sent.
    proxy.set(State::Open);
    for _ in 0..3 {
        let (reply, status) = call_tool(&conversation, "add buy bread").await;
        assert!(reply.contains(UNAVAILABLE) && status == ToolCallStatus::Failed, "{reply}");
    }
    let tasks = numbers(&conversation.app.tasks_as("alice"), TaskFilter::default()).await;
    assert!(tasks.is_empty(), "{tasks:?}");
}

async fn no_call_outlives_its_turn() {
    let proxy = FaultProxy::new(State::Silent).await;
    let chat = |settings: &mut Settings| {
        settings.agent.turn_timeout = HumanDuration::from_secs(1);
        settings.tasks.calls.deadline = HumanDuration::from_secs(600);
    };
    let conversation = start_behind(&proxy, chat).await;
    let refusal = refused(conversation.send("add buy milk").await);
    assert_eq!(reason(&refusal), (Code::ResourceExhausted, "AGENT_LIMIT_REACHED".to_owned()));
    let turn = conversation.turn(&conversation.newest_turn().await).await;
    let seconds = |time: Option<prost_types::Timestamp>| time.expect("a time").seconds;
    assert!(seconds(turn.end_time) - seconds(turn.create_time) < 30);
}

async fn lost_response_has_one_effect() {
    let proxy = FaultProxy::new(State::Open).await;
    let conversation = start_behind(&proxy, |_| {}).await;
    for (number, message) in (1..).zip(["add buy milk", "add call mum", "add mow the lawn"]) {
        proxy.set(State::DropResponse);
        let (reply, status) = call_tool(&conversation, message).await;
        assert_eq!(status, ToolCallStatus::Succeeded, "{reply}");
        assert!(reply.contains(&format!("task {number}")), "{reply}");
        assert_eq!(proxy.state(), State::Open, "a response was lost");
    }
    let list = ListTasksRequest { order_by: "number".to_owned(), ..Default::default() };
    let list =
        conversation.app.tasks_as("alice").list_tasks(list).await.expect("a list").into_inner();
    let titles = list.tasks.iter().map(|task| task.title.as_str()).collect::<Vec<_>>();
    assert_eq!(titles, ["buy milk", "call mum", "mow the lawn"]);
}

/// A task service that refuses every call as overloaded.
#[derive(Clone, Default)]
struct Failing(Arc<AtomicUsize>);

impl NamedService for Failing {
    const NAME: &'static str = "tandem.task.v1.TaskService";
}

impl Service<http::Request<Body>> for Failing {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: http::Request<Body>) -> Self::Future {
        self.0.fetch_add(1, Ordering::SeqCst);
        let details = ErrorDetails::with_error_info("OVERLOADED", "tandem", HashMap::new());
        let status = Status::with_error_details(Code::Unavailable, "overloaded", details);
        ready(Ok(status.into_http()))
    }
}

/// A system whose task service is [`Failing`].
async fn failing(chat: fn(&mut Settings)) -> (TestConversation, Failing) {
    let failing = Failing::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let proxy = FaultProxy::new(State::Open).await;
    let conversation = start_behind(&proxy, chat).await;
    // Replaces the real task service.
    proxy.forward_to(listener.local_addr().expect("a bound port"));
    let server = Server::builder().add_service(failing.clone());
    tokio::spawn(server.serve_with_incoming(TcpIncoming::from(listener)));
    (conversation, failing)
}

async fn breaker_opens_after_five_failures() {
    let chat = |settings: &mut Settings| {
        settings.tasks.calls.breaker_reset_timeout = HumanDuration::from_secs(600)
    };
    let (conversation, failing) = failing(chat).await;
    for _ in 0..5 {
        assert!(call_tool(&conversation, "add buy milk").await.0.contains(UNAVAILABLE));
    }
    assert_eq!(failing.0.load(Ordering::SeqCst), 5, "the breaker opens at the fifth");
}

async fn retries_are_limited() {
    let (conversation, failing) = failing(|settings: &mut Settings| {
        settings.tasks.calls.breaker_failures = 1_000;
        settings.tasks.calls.retry_budget_percent = 0;
    })
    .await;
    let send = async |user: usize| {
        let request = ChatRequest { message: "add buy milk".to_owned(), ..Default::default() };
        let answer = conversation.app.chat_as(&format!("user-{user}")).chat(request).await;
        assert!(answer.expect("an answer").into_inner().response.contains(UNAVAILABLE));
    };
    join_all((0..30).map(send)).await;
    let calls = failing.0.load(Ordering::SeqCst);
    // The retry budget allows ten in ten seconds in any case; on a slow machine the test may take longer.
    assert!((31..=55).contains(&calls), "{calls} calls, 30 of them first attempts");
}

async fn model_gets_the_error() {
    let (model, mut model_calls) = controlled_model();
    // Nothing listens on port 1.
    let chat = |settings: &mut tandem_chat::Settings| {
        "http://127.0.0.1:1".clone_into(&mut settings.tasks.endpoint);
    };
    let conversation = TestConversation::start(Start { model, chat, ..Start::default() }).await;
    let posted = conversation.post(conversation.message("add a task"));
    model_calls.next().await.call("1", "add_task", json!({"title": "nowhere to go"}));
    let model_call = model_calls.next().await;
    let Some(Entry::ToolResult { result, .. }) = model_call.prompt.entries.last() else {
        panic!("the model sees the result: {:?}", model_call.prompt.entries)
    };
    assert_eq!((&result["status"], &result["code"]), (&json!("error"), &json!("UNAVAILABLE")));
    model_call.answer("The tasks cannot be reached.");

    let message = answer(posted).await.assistant_message.expect("an answer");
    assert_eq!(
        (message.content.as_str(), message.incomplete),
        ("The tasks cannot be reached.", false)
    );
    let [call] = &message.tool_calls[..] else { panic!("one call: {message:?}") };
    assert_eq!(call.status(), ToolCallStatus::Failed);
}

database_tests! {
    tests:
        tools_recover_after_an_outage,
        hanging_service_is_awaited_once,
        no_call_outlives_its_turn,
        lost_response_has_one_effect,
        breaker_opens_after_five_failures,
        retries_are_limited,
        model_gets_the_error;
}
