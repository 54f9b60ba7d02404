//! Concurrent writers that send every request twice, and watchers that must all receive the same changes.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::future::join_all;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tandem_proto::task::watch_tasks_response::Event;
use tandem_proto::task::{
    CompleteTaskRequest, CreateTaskRequest, DeleteTaskRequest, ListTasksRequest, ReopenTaskRequest,
    Task, UndeleteTaskRequest, WatchTasksResponse,
};
use uuid::Uuid;

use super::{create, describe, next, watch};
use crate::support::app::App;

/// The next operation of a writer; the number selects one of its tasks.
#[derive(Debug, Clone, Copy)]
enum Step {
    Create,
    Complete(usize),
    Reopen(usize),
    Delete(usize),
    Undelete(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        Just(Step::Create),
        any::<usize>().prop_map(Step::Complete),
        any::<usize>().prop_map(Step::Reopen),
        any::<usize>().prop_map(Step::Delete),
        any::<usize>().prop_map(Step::Undelete),
    ]
}

/// The title of the task whose creation is the last event.
const END: &str = "the end";

fn watchers_receive_equal_histories() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let app = Arc::new(runtime.block_on(App::start()));
    let writers = prop::collection::vec(prop::collection::vec(step(), 1..12), 8);
    let config = Config { cases: 6, failure_persistence: None, ..Config::default() };
    let result = TestRunner::new(config).run(&writers, |writers| {
        runtime.block_on(compare_histories(&app, writers));
        Ok(())
    });
    result.expect("equal histories");
}

/// Runs the writers and compares the histories of two watchers: one uninterrupted, one that reconnects after
/// every event.
async fn compare_histories(app: &Arc<App>, writers: Vec<Vec<Step>>) {
    let user = Uuid::now_v7().to_string();
    let first = create(app, &user, "the first").await;
    let received = tokio::spawn(receive(Arc::clone(app), user.clone()));
    let received_in_pieces = tokio::spawn(receive_in_pieces(Arc::clone(app), user.clone()));
    join_all(writers.into_iter().map(|steps| write(app, &user, &first, steps))).await;
    create(app, &user, END).await;

    let received = received.await.expect("a history");
    let in_pieces = received_in_pieces.await.expect("a history");
    let tasks = fold(&received);
    assert_eq!(tasks, fold(&in_pieces));
    assert_eq!(tasks, listed(app, &user).await, "the history ends with the stored tasks");
    let numbers = tasks.keys().copied().collect::<Vec<_>>();
    assert_eq!(numbers, (1..=numbers.len() as i64).collect::<Vec<_>>(), "numbers have no gaps");
}

/// Sends each step twice at once with the same request id: it must have one effect and one response.
async fn write(app: &App, user: &str, first: &Task, steps: Vec<Step>) {
    let mut tasks = vec![first.clone()];
    for step in steps {
        let request_id = Uuid::now_v7().to_string();
        let (one, other) = tokio::join!(
            perform(app, user, &tasks, step, request_id.clone()),
            perform(app, user, &tasks, step, request_id)
        );
        // A refusal is not stored: another writer may make the step possible before the second request.
        if let (Some(one), Some(other)) = (one, other) {
            assert_eq!(one, other, "{step:?}");
            if matches!(step, Step::Create) {
                tasks.push(one);
            }
        }
    }
}

/// Performs one step; `None` if the task's state refuses it.
async fn perform(
    app: &App,
    user: &str,
    tasks: &[Task],
    step: Step,
    request_id: String,
) -> Option<Task> {
    let mut client = app.tasks_as(user);
    let id = |place: usize| tasks[place % tasks.len()].id.clone();
    let etag = String::new();
    let answer = match step {
        Step::Create => {
            let task = Some(Task { title: "a task".to_owned(), ..Task::default() });
            client.create_task(CreateTaskRequest { task, request_id }).await
        }
        Step::Complete(place) => {
            let request = CompleteTaskRequest { id: id(place), etag, request_id };
            client.complete_task(request).await
        }
        Step::Reopen(place) => {
            client.reopen_task(ReopenTaskRequest { id: id(place), etag, request_id }).await
        }
        Step::Delete(place) => {
            client.delete_task(DeleteTaskRequest { id: id(place), etag, request_id }).await
        }
        Step::Undelete(place) => {
            client.undelete_task(UndeleteTaskRequest { id: id(place), etag, request_id }).await
        }
    };
    match answer {
        Ok(task) => Some(task.into_inner()),
        Err(status) if status.code() == tonic::Code::FailedPrecondition => None,
        Err(status) => panic!("{step:?}: {status:?}"),
    }
}

async fn receive(app: Arc<App>, user: String) -> Vec<WatchTasksResponse> {
    let mut events = watch(&app, &user, "").await;
    let mut received = Vec::new();
    while !received.last().is_some_and(is_end) {
        received.push(next(&mut events).await);
    }
    received
}

async fn receive_in_pieces(app: Arc<App>, user: String) -> Vec<WatchTasksResponse> {
    let mut received: Vec<WatchTasksResponse> = Vec::new();
    while !received.last().is_some_and(is_end) {
        let token = received.last().map(|event| event.resume_token.clone()).unwrap_or_default();
        received.push(next(&mut watch(&app, &user, &token).await).await);
    }
    received
}

fn is_end(event: &WatchTasksResponse) -> bool {
    describe(event).ends_with(END)
}

/// The tasks after all changes, by number. Fails if a change is missing, duplicated or out of order: each
/// must be the next version of its task.
fn fold(history: &[WatchTasksResponse]) -> BTreeMap<i64, Task> {
    let mut tasks: BTreeMap<i64, Task> = BTreeMap::new();
    for event in history {
        let task = match event.event.clone().expect("an event") {
            Event::SnapshotTask(task) => task,
            Event::TaskChange(change) => {
                let task = change.task.expect("a task");
                let before = tasks.get(&task.number).map_or(0, version);
                assert!(before == 0 || version(&task) == before + 1, "{before} then {task:?}");
                task
            }
            Event::SnapshotCompleted(_) | Event::Heartbeat(_) => continue,
        };
        tasks.insert(task.number, task);
    }
    tasks
}

fn version(task: &Task) -> i64 {
    i64::from_str_radix(task.etag.trim_matches('"'), 16).expect("a version")
}

async fn listed(app: &App, user: &str) -> BTreeMap<i64, Task> {
    let request =
        ListTasksRequest { show_deleted: true, page_size: 1000, ..ListTasksRequest::default() };
    let tasks = app.tasks_as(user).list_tasks(request).await.expect("a list").into_inner().tasks;
    tasks.into_iter().map(|task| (task.number, task)).collect()
}

database_tests! {
    own_runtime:
        watchers_receive_equal_histories;
}
