//! `CancelTurn` while a tool call runs: it is the last.

use serde_json::json;
use tandem_chat::Settings;
use tandem_config::HumanDuration;
use tandem_proto::chat::{CancelTurnRequest, ToolCallStatus, Turn, TurnState};
use tandem_proto::task::ListTasksRequest;
use tandem_test_support::fault_proxy::{FaultProxy, State};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::support::app::Start;
use crate::support::chat_database::cancel_requested;
use crate::support::controlled_model::controlled_model;
use crate::support::stub_tasks::{LIMIT, StubTasks};
use crate::support::test_conversation::{TestConversation, ended_with, next, rest};

/// Requests the cancellation, which is stored when this returns.
async fn request_cancel(conversation: &TestConversation, id: &str) -> JoinHandle<Turn> {
    let (mut chat, request) = (conversation.chat.clone(), CancelTurnRequest { id: id.to_owned() });
    let cancel = async move { chat.cancel_turn(request).await.expect("an answer").into_inner() };
    let cancelled = tokio::spawn(cancel);
    cancel_requested(&conversation.app, id).await;
    cancelled
}

async fn no_other_tool_starts() {
    let proxy = FaultProxy::new(State::Silent).await;
    let (model, mut model_calls) = controlled_model();
    let start = Start { model, proxy: Some(proxy.clone()), ..Start::default() };
    let conversation = TestConversation::start(start).await;
    let mut events = conversation.stream("add two tasks").await;
    let turn_id = next(&mut events).await.turn_id;
    let model_call = model_calls.next().await;
    model_call.call("1", "add_task", json!({"title": "first"}));
    model_call.call("2", "add_task", json!({"title": "second"}));
    drop(model_call);
    next(&mut events).await;

    let cancelled = request_cancel(&conversation, &turn_id).await;
    // The connection breaks, so the first call is repeated; now it is answered.
    proxy.set(State::Open);
    let cancelled = timeout(LIMIT, cancelled).await.expect("an end in time").expect("no panic");
    assert_eq!(cancelled.state(), TurnState::Cancelled);
    let events = rest(events).await;
    let calls = &ended_with(&events).expect("the partial answer").tool_calls;
    let calls = calls.iter().map(|it| (it.id.as_str(), it.status())).collect::<Vec<_>>();
    assert_eq!(calls, [("1", ToolCallStatus::Succeeded)], "the second call is not started");
    let list = conversation.app.tasks_as("alice").list_tasks(ListTasksRequest::default()).await;
    let tasks = list.expect("a list").into_inner().tasks;
    assert_eq!(tasks.iter().map(|task| task.title.as_str()).collect::<Vec<_>>(), ["first"]);
}

async fn refused_call_is_not_repeated() {
    let tasks = StubTasks::overloaded();
    let (model, mut model_calls) = controlled_model();
    let chat = |settings: &mut Settings| {
        settings.tasks.calls.retry_timeout = HumanDuration::from_mins(2);
        settings.tasks.calls.retry_budget_percent = 100;
        settings.tasks.calls.breaker_failures = 1_000;
    };
    let conversation = tasks.conversation(Start { model, chat, ..Start::default() }).await;
    let mut events = conversation.stream("add a task").await;
    let turn_id = next(&mut events).await.turn_id;
    model_calls.next().await.call("1", "add_task", json!({"title": "never"}));
    tasks.wait_for(2).await;

    let cancelled = request_cancel(&conversation, &turn_id).await;
    let before = tasks.calls();
    let ended = timeout(LIMIT, cancelled).await.expect("the call is repeated after the cancel");
    assert_eq!(ended.expect("no panic").state(), TurnState::Cancelled);
    assert!(tasks.calls() <= before + 1, "{} calls after {before}", tasks.calls());
    let events = rest(events).await;
    let calls = &ended_with(&events).expect("the partial answer").tool_calls;
    assert_eq!(calls[0].status(), ToolCallStatus::Failed);
    assert!(model_calls.is_empty());
}

database_tests! {
    tests:
        no_other_tool_starts,
        refused_call_is_not_repeated;
}
