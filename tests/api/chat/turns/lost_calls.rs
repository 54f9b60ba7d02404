//! Tool calls without an answer: they are repeated, and nothing happens after the turn's end.

use futures::FutureExt as _;
use futures::future::{pending, ready};
use serde_json::json;
use tandem_chat::Settings;
use tandem_config::HumanDuration;
use tandem_proto::chat::{CancelTurnRequest, TurnState};
use tandem_proto::task::ListTasksRequest;
use tokio::time::timeout;
use tonic::Status;

use crate::support::app::Start;
use crate::support::controlled_model::controlled_model;
use crate::support::database_lock::DatabaseLock;
use crate::support::stub_tasks::{LIMIT, StubTasks};
use crate::support::tasks::create;
use crate::support::test_conversation::{TestConversation, next};

/// The patience is shorter than the deadline, as by default.
fn short_patience(settings: &mut Settings) {
    settings.tasks.calls.deadline = HumanDuration::from_secs(1);
    settings.tasks.calls.retry_timeout = HumanDuration::from_millis(500);
}

async fn timed_out_call_is_repeated() {
    let tasks = StubTasks::new(|call| match call {
        1 => pending().boxed(),
        _ => ready(Status::failed_precondition("the second attempt")).boxed(),
    });
    let conversation = tasks.conversation(Start { chat: short_patience, ..Start::default() }).await;
    let answer = conversation.send("add buy milk").await.expect("an answer").into_inner();
    let message = answer.assistant_message.expect("an answer");
    let result = message.tool_calls[0].result.as_ref().expect("a result");
    assert!(format!("{result:?}").contains("the second attempt"), "{result:?}");
    assert_eq!(tasks.calls(), 2);
}

async fn nothing_happens_after_the_cancel() {
    let (model, mut model_calls) = controlled_model();
    let conversation =
        TestConversation::start(Start { model, chat: short_patience, ..Start::default() }).await;
    let tasks = conversation.app.tasks_as("alice");
    // The write waits for the lock, longer than the call for the write.
    let lock = DatabaseLock::take(conversation.app.task_database()).await;
    let mut events = conversation.stream("add a task").await;
    let id = next(&mut events).await.turn_id;
    model_calls.next().await.call("1", "add_task", json!({"title": "too late"}));
    next(&mut events).await;
    let mut chat = conversation.chat.clone();
    let cancelled = timeout(LIMIT, chat.cancel_turn(CancelTurnRequest { id })).await;
    let cancelled = cancelled.expect("an end in time").expect("an answer").into_inner();
    assert_eq!(cancelled.state(), TurnState::Cancelled);
    lock.release().await;

    // Done after the writes that waited.
    create(&tasks, "afterwards").await;
    let list = tasks.clone().list_tasks(ListTasksRequest::default()).await.expect("a list");
    let list = list.into_inner().tasks;
    let titles = list.iter().map(|task| task.title.as_str()).collect::<Vec<_>>();
    assert_eq!(titles, ["afterwards"]);
}

database_tests! {
    tests:
        timed_out_call_is_repeated,
        nothing_happens_after_the_cancel;
}
