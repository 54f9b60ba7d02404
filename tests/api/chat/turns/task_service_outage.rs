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
use crate::support::controlled_model::puppet;
use crate::support::fault_proxy::{Line, State};
use crate::support::refusal::{reason, refused};
use crate::support::tasks::numbers;
use crate::support::test_conversation::{Talk, answer};

/// What the built-in model says then.
const SORRY: &str = "the task service is not available right now";

/// And where the call may have come through.
const LOST: &str = "the task service did not respond; the outcome is unknown";

/// A system whose task service is at the end of a line.
async fn over(line: &Line, chat: fn(&mut Settings)) -> Talk {
    Talk::start(Start { line: Some(line.clone()), chat, ..Start::default() }).await
}

/// Says something that takes one tool call; what is answered, and how the call went.
async fn ask(talk: &Talk, message: &str) -> (String, ToolCallStatus) {
    let answer = talk.say(message).await.expect("an answer").into_inner();
    let CreateMessageResponse { assistant_message, .. } = answer;
    let message = assistant_message.expect("an answer");
    let [call] = &message.tool_calls[..] else { panic!("one call: {message:?}") };
    assert!(!message.incomplete);
    (message.content.clone(), call.status())
}

/// Asks until the service is back: while it is away, answers come at once.
async fn ask_until_done(talk: &Talk, message: &str) {
    while ask(talk, message).await.1 != ToolCallStatus::Succeeded {}
}

async fn while_the_service_is_away_tools_fail_at_once_and_when_it_is_back_they_work() {
    let line = Line::new(State::Cut).await;
    let chat = |settings: &mut Settings| {
        settings.tasks.calls.breaker_reset_timeout = HumanDuration::from_secs(1)
    };
    let talk = over(&line, chat).await;
    // The fifth try opens the breaker. From then on nothing is sent that could have come through.
    for words in [LOST, SORRY, SORRY] {
        let (said, status) = ask(&talk, "add buy milk").await;
        assert!(said.contains(words), "{said}");
        assert_eq!(status, ToolCallStatus::Failed);
    }
    line.set(State::Open);
    ask_until_done(&talk, "add buy milk").await;
    let (said, status) = ask(&talk, "list my tasks").await;
    assert_eq!((status, said.matches("buy milk").count()), (ToolCallStatus::Succeeded, 1));
    assert_eq!(numbers(&talk.app.tasks_as("alice"), TaskFilter::default()).await, [1]);
}

async fn a_service_that_never_answers_is_waited_for_once() {
    let line = Line::new(State::Silent).await;
    let chat = |settings: &mut Settings| {
        settings.tasks.calls.deadline = HumanDuration::from_secs(1);
        settings.tasks.calls.breaker_failures = 1;
        settings.tasks.calls.breaker_reset_timeout = HumanDuration::from_secs(60);
    };
    let talk = over(&line, chat).await;
    assert!(ask(&talk, "add buy milk").await.0.contains(LOST));
    assert_eq!(line.connections(), 1);
    // An open line shows that nobody tries: the call would be done.
    line.set(State::Open);
    for _ in 0..3 {
        let (said, status) = ask(&talk, "add buy bread").await;
        assert!(said.contains(SORRY) && status == ToolCallStatus::Failed, "{said}");
    }
    let tasks = numbers(&talk.app.tasks_as("alice"), TaskFilter::default()).await;
    assert!(tasks.is_empty(), "{tasks:?}");
}

async fn no_call_outlives_its_turn() {
    let line = Line::new(State::Silent).await;
    let chat = |settings: &mut Settings| {
        settings.agent.turn_timeout = HumanDuration::from_secs(1);
        settings.tasks.calls.deadline = HumanDuration::from_secs(600);
    };
    let talk = over(&line, chat).await;
    let refusal = refused(talk.say("add buy milk").await);
    assert_eq!(reason(&refusal), (Code::ResourceExhausted, "AGENT_LIMIT_REACHED".to_owned()));
    let turn = talk.turn(&talk.newest_turn().await).await;
    let seconds = |time: Option<prost_types::Timestamp>| time.expect("a time").seconds;
    assert!(seconds(turn.end_time) - seconds(turn.create_time) < 30);
}

async fn a_call_whose_answer_is_lost_is_made_again_and_happens_once() {
    let line = Line::new(State::Open).await;
    let talk = over(&line, |_| {}).await;
    for (number, message) in (1..).zip(["add buy milk", "add call mum", "add mow the lawn"]) {
        line.set(State::LosesAnswer);
        let (said, status) = ask(&talk, message).await;
        assert_eq!(status, ToolCallStatus::Succeeded, "{said}");
        assert!(said.contains(&format!("task {number}")), "{said}");
        assert_eq!(line.state(), State::Open, "an answer was lost");
    }
    let list = ListTasksRequest { order_by: "number".to_owned(), ..Default::default() };
    let list = talk.app.tasks_as("alice").list_tasks(list).await.expect("a list").into_inner();
    let titles = list.tasks.iter().map(|task| task.title.as_str()).collect::<Vec<_>>();
    assert_eq!(titles, ["buy milk", "call mum", "mow the lawn"]);
}

/// A task service that refuses every call as one does that has too much to do.
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

/// A system whose task service is a failing one.
async fn failing(chat: fn(&mut Settings)) -> (Talk, Failing) {
    let failing = Failing::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let line = Line::new(State::Open).await;
    let talk = over(&line, chat).await;
    // In place of the real one.
    line.lead_to(listener.local_addr().expect("a bound port"));
    let server = Server::builder().add_service(failing.clone());
    tokio::spawn(server.serve_with_incoming(TcpIncoming::from(listener)));
    (talk, failing)
}

async fn a_failing_service_hears_of_few_calls_and_then_of_none() {
    let chat = |settings: &mut Settings| {
        settings.tasks.calls.breaker_reset_timeout = HumanDuration::from_secs(600)
    };
    let (talk, failing) = failing(chat).await;
    for _ in 0..5 {
        assert!(ask(&talk, "add buy milk").await.0.contains(SORRY));
    }
    assert_eq!(failing.0.load(Ordering::SeqCst), 5, "the breaker opens at the fifth");
}

async fn of_many_calls_that_fail_only_a_few_are_made_again() {
    let (talk, failing) = failing(|settings: &mut Settings| {
        settings.tasks.calls.breaker_failures = 1_000;
        settings.tasks.calls.retry_budget_percent = 0;
    })
    .await;
    let say = async |user: usize| {
        let request = ChatRequest { message: "add buy milk".to_owned(), ..Default::default() };
        let answer = talk.app.chat_as(&format!("user-{user}")).chat(request).await;
        assert!(answer.expect("an answer").into_inner().response.contains(SORRY));
    };
    join_all((0..30).map(say)).await;
    let calls = failing.0.load(Ordering::SeqCst);
    // Ten in ten seconds may be repeated in any case; a slow machine may take longer than that.
    assert!((31..=55).contains(&calls), "{calls} calls, of which 30 were no repeats");
}

async fn without_the_task_service_the_model_is_told_and_the_turn_ends() {
    let (model, mut asks) = puppet();
    // Nothing listens on port 1.
    let chat = |settings: &mut tandem_chat::Settings| {
        "http://127.0.0.1:1".clone_into(&mut settings.tasks.endpoint);
    };
    let talk = Talk::start(Start { model, chat, ..Start::default() }).await;
    let posted = talk.post(talk.message("add a task"));
    asks.next().await.call("1", "add_task", json!({"title": "nowhere to go"}));
    let ask = asks.next().await;
    let Some(Entry::ToolResult { result, .. }) = ask.prompt.entries.last() else {
        panic!("the model sees the result: {:?}", ask.prompt.entries)
    };
    assert_eq!((&result["status"], &result["code"]), (&json!("error"), &json!("UNAVAILABLE")));
    ask.answer("The tasks cannot be reached.");

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
        while_the_service_is_away_tools_fail_at_once_and_when_it_is_back_they_work,
        a_service_that_never_answers_is_waited_for_once,
        no_call_outlives_its_turn,
        a_call_whose_answer_is_lost_is_made_again_and_happens_once,
        a_failing_service_hears_of_few_calls_and_then_of_none,
        of_many_calls_that_fail_only_a_few_are_made_again,
        without_the_task_service_the_model_is_told_and_the_turn_ends;
}
