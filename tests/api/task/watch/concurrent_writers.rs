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

use super::{create, next, watch, words};
use crate::support::app::App;

/// What a writer does next, to one of the tasks that are there.
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

/// The last event of a story.
const END: &str = "the end";

fn every_watcher_hears_every_change_once_and_in_order() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let app = Arc::new(runtime.block_on(App::start()));
    let writers = prop::collection::vec(prop::collection::vec(step(), 1..12), 8);
    let config = Config { cases: 6, failure_persistence: None, ..Config::default() };
    let told = TestRunner::new(config).run(&writers, |writers| {
        runtime.block_on(story(&app, writers));
        Ok(())
    });
    told.expect("one story");
}

/// Lets the writers write, and compares what two watchers hear: one that is never cut, and one that is
/// cut after every event.
async fn story(app: &Arc<App>, writers: Vec<Vec<Step>>) {
    let user = Uuid::now_v7().to_string();
    let first = create(app, &user, "the first").await;
    let heard = tokio::spawn(listen(Arc::clone(app), user.clone()));
    let heard_in_pieces = tokio::spawn(listen_in_pieces(Arc::clone(app), user.clone()));
    join_all(writers.into_iter().map(|steps| write(app, &user, &first, steps))).await;
    create(app, &user, END).await;

    let heard = heard.await.expect("a story");
    let in_pieces = heard_in_pieces.await.expect("a story");
    let told = fold(&heard);
    assert_eq!(told, fold(&in_pieces));
    assert_eq!(told, listed(app, &user).await, "the story ends where the tasks are");
    let numbers = told.keys().copied().collect::<Vec<_>>();
    assert_eq!(numbers, (1..=numbers.len() as i64).collect::<Vec<_>>(), "numbers are dense");
}

/// Does each step twice at once, with one request id: it must have one effect and one answer.
async fn write(app: &App, user: &str, first: &Task, steps: Vec<Step>) {
    let mut tasks = vec![first.clone()];
    for step in steps {
        let request_id = Uuid::now_v7().to_string();
        let (one, other) = tokio::join!(
            perform(app, user, &tasks, step, request_id.clone()),
            perform(app, user, &tasks, step, request_id)
        );
        // A refusal is not kept: another writer may make it possible before it is asked again.
        if let (Some(one), Some(other)) = (one, other) {
            assert_eq!(one, other, "{step:?}");
            if matches!(step, Step::Create) {
                tasks.push(one);
            }
        }
    }
}

/// One step; `None` where the task's state refuses it.
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

async fn listen(app: Arc<App>, user: String) -> Vec<WatchTasksResponse> {
    let mut events = watch(&app, &user, "").await;
    let mut heard = Vec::new();
    while !heard.last().is_some_and(is_end) {
        heard.push(next(&mut events).await);
    }
    heard
}

async fn listen_in_pieces(app: Arc<App>, user: String) -> Vec<WatchTasksResponse> {
    let mut heard: Vec<WatchTasksResponse> = Vec::new();
    while !heard.last().is_some_and(is_end) {
        let token = heard.last().map(|event| event.resume_token.clone()).unwrap_or_default();
        heard.push(next(&mut watch(&app, &user, &token).await).await);
    }
    heard
}

fn is_end(event: &WatchTasksResponse) -> bool {
    words(event).ends_with(END)
}

/// The tasks that a story ends with, by number. Fails where a change is missing, doubled or out of
/// order: each makes the next version of its task.
fn fold(story: &[WatchTasksResponse]) -> BTreeMap<i64, Task> {
    let mut tasks: BTreeMap<i64, Task> = BTreeMap::new();
    for event in story {
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
        every_watcher_hears_every_change_once_and_in_order;
}
