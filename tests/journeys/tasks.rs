//! The life of a task.

mod etags;
mod masks;
mod retries;

use std::collections::HashSet;

use futures::future::join_all;
use prost_types::Timestamp;
use tandem_proto::task::task_service_client::TaskServiceClient;
use tandem_proto::task::{
    CompleteTaskRequest, CreateTaskRequest, DeleteTaskRequest, GetTaskRequest, ListTasksRequest,
    Priority, ReopenTaskRequest, Task, TaskFilter, TaskStatus, UpdateTaskRequest,
};
use tonic::Code;
use tonic::transport::Channel;

use crate::app::{App, As, Start};
use crate::hands::Hands;
use crate::refusal::{reason, refused};

/// A user's door to their tasks.
pub(crate) type Tasks = TaskServiceClient<As<Channel>>;

/// Creates a task with nothing but a title.
pub(crate) async fn create(tasks: &Tasks, title: &str) -> Task {
    create_as(tasks, Task { title: title.to_owned(), ..Task::default() }).await
}

/// Creates a task.
pub(crate) async fn create_as(tasks: &Tasks, task: Task) -> Task {
    let request = CreateTaskRequest { task: Some(task), ..Default::default() };
    tasks.clone().create_task(request).await.expect("a new task").into_inner()
}

/// The task as it stands.
pub(crate) async fn get(tasks: &Tasks, id: &str) -> Task {
    let request = GetTaskRequest { id: id.to_owned() };
    tasks.clone().get_task(request).await.expect("the task").into_inner()
}

/// Deletes a task.
pub(crate) async fn delete(tasks: &Tasks, id: &str) -> Task {
    let request = DeleteTaskRequest { id: id.to_owned(), ..Default::default() };
    tasks.clone().delete_task(request).await.expect("deletion").into_inner()
}

/// Marks a task as done.
pub(crate) async fn complete(tasks: &Tasks, id: &str) -> Task {
    let request = CompleteTaskRequest { id: id.to_owned(), ..Default::default() };
    tasks.clone().complete_task(request).await.expect("completion").into_inner()
}

/// Marks a task as still to be done.
async fn reopen(tasks: &Tasks, id: &str) -> Task {
    let request = ReopenTaskRequest { id: id.to_owned(), ..Default::default() };
    tasks.clone().reopen_task(request).await.expect("reopening").into_inner()
}

/// A request for a new title.
fn rename(id: &str, title: &str) -> UpdateTaskRequest {
    let task = Task { id: id.to_owned(), title: title.to_owned(), ..Task::default() };
    UpdateTaskRequest { task: Some(task), ..Default::default() }
}

/// The numbers of the tasks that a filter finds, in order.
pub(crate) async fn numbers(tasks: &Tasks, filter: TaskFilter) -> Vec<i64> {
    listed_numbers(tasks, filter, false).await
}

/// The same with deleted tasks, if wanted.
pub(crate) async fn listed_numbers(
    tasks: &Tasks,
    filter: TaskFilter,
    show_deleted: bool,
) -> Vec<i64> {
    let request = ListTasksRequest {
        filter: Some(filter),
        show_deleted,
        order_by: "number".to_owned(),
        page_size: 1000,
        ..Default::default()
    };
    let page = tasks.clone().list_tasks(request).await.expect("a list").into_inner();
    page.tasks.iter().map(|task| task.number).collect()
}

#[tokio::test]
async fn every_change_of_a_task_has_its_time_and_its_etag_and_nothing_else_moves() {
    let hands = Hands::new();
    let app = App::start_with(Start { clock: hands.clock(), ..Start::default() }).await;
    let tasks = app.tasks_as("alice");
    let draft = Task {
        title: "Buy milk".to_owned(),
        description: "Two litres".to_owned(),
        priority: Priority::High.into(),
        due_time: Some(hands.after(86_400)),
        labels: vec!["shop".to_owned(), "home".to_owned()],
        ..Task::default()
    };

    let creation = hands.now();
    let created = create_as(&tasks, draft.clone()).await;
    let expected = Task {
        id: created.id.clone(),
        number: 1,
        status: TaskStatus::Pending.into(),
        create_time: Some(creation),
        ..draft
    };
    expect(&tasks, &created, creation, expected.clone()).await;

    let change = hands.forward(60);
    let renamed = tasks.clone().update_task(rename(&created.id, "Buy oat milk")).await;
    let renamed = renamed.expect("a change").into_inner();
    let expected = Task { title: "Buy oat milk".to_owned(), ..expected };
    expect(&tasks, &renamed, change, expected.clone()).await;

    let change = hands.forward(60);
    let completed = complete(&tasks, &created.id).await;
    let (status, complete_time) = (TaskStatus::Completed.into(), Some(change));
    expect(&tasks, &completed, change, Task { status, complete_time, ..expected.clone() }).await;

    let change = hands.forward(60);
    let reopened = reopen(&tasks, &created.id).await;
    expect(&tasks, &reopened, change, expected.clone()).await;

    let change = hands.forward(60);
    let deleted = delete(&tasks, &created.id).await;
    expect(&tasks, &deleted, change, Task { delete_time: Some(change), ..expected }).await;

    let versions = [created, renamed, completed, reopened, deleted].map(|task| task.etag);
    assert_eq!(versions.iter().collect::<HashSet<_>>().len(), versions.len());
    assert!(versions.iter().all(|etag| !etag.is_empty()));
}

/// A task that changed just now says what is expected, in the answer and when it is read.
async fn expect(tasks: &Tasks, answer: &Task, changed: Timestamp, expected: Task) {
    let (update_time, etag) = (Some(changed), answer.etag.clone());
    assert_eq!(answer, &Task { update_time, etag, ..expected });
    assert_eq!(&get(tasks, &answer.id).await, answer);
}

#[tokio::test]
async fn what_is_done_or_open_or_gone_already_stays_as_it_is() {
    let hands = Hands::new();
    let app = App::start_with(Start { clock: hands.clock(), ..Start::default() }).await;
    let tasks = app.tasks_as("alice");
    let created = create(&tasks, "twice").await;
    let Task { id, .. } = &created;
    hands.forward(60);
    assert_eq!(reopen(&tasks, id).await, created);
    let completed = complete(&tasks, id).await;
    hands.forward(60);
    assert_eq!(complete(&tasks, id).await, completed);
    let deleted = delete(&tasks, id).await;
    hands.forward(60);
    assert_eq!(delete(&tasks, id).await, deleted);
    assert_eq!(get(&tasks, id).await, deleted);
}

#[tokio::test]
async fn each_user_counts_from_one_and_no_number_is_given_twice() {
    let app = App::start().await;
    let (alice, bob) = (app.tasks_as("alice"), app.tasks_as("bob"));
    let mut newest = Task::default();
    for number in 1..=3 {
        newest = create(&alice, "again").await;
        assert_eq!(newest.number, number);
    }
    delete(&alice, &newest.id).await;
    assert_eq!(create(&alice, "after a deletion").await.number, 4);
    assert_eq!(create(&bob, "another user").await.number, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thirty_two_at_once_get_the_numbers_one_to_thirty_two() {
    let app = App::start().await;
    let tasks = app.tasks_as("alice");
    let creators = (0..32).map(|index| {
        let tasks = tasks.clone();
        tokio::spawn(async move { create(&tasks, &format!("task {index}")).await })
    });
    let created = join_all(creators).await.into_iter().map(|task| task.expect("no panic"));
    let (mut given, ids): (Vec<_>, HashSet<_>) = created.map(|task| (task.number, task.id)).unzip();
    given.sort_unstable();
    assert_eq!(given, (1..=32).collect::<Vec<_>>());
    assert_eq!(ids.len(), 32);
    assert_eq!(numbers(&tasks, TaskFilter::default()).await, given);
}

#[tokio::test]
async fn a_deleted_task_is_shown_when_asked_for_and_takes_no_change() {
    let app = App::start().await;
    let mut tasks = app.tasks_as("alice");
    let [gone, kept] = [create(&tasks, "gone").await, create(&tasks, "kept").await];
    let deleted = delete(&tasks, &gone.id).await;

    assert_eq!(numbers(&tasks, TaskFilter::default()).await, [kept.number]);
    let both = listed_numbers(&tasks, TaskFilter::default(), true).await;
    assert_eq!(both, [gone.number, kept.number]);

    let id = gone.id.clone();
    let complete = CompleteTaskRequest { id: id.clone(), ..Default::default() };
    let reopen = ReopenTaskRequest { id: id.clone(), ..Default::default() };
    for answer in [
        tasks.update_task(rename(&id, "new")).await,
        tasks.update_task(rename(&id, "")).await,
        tasks.complete_task(complete).await,
        tasks.reopen_task(reopen).await,
    ] {
        let refusal = reason(&refused(answer));
        assert_eq!(refusal, (Code::FailedPrecondition, "STATE_CONFLICT".to_owned()));
    }
    assert_eq!(get(&tasks, &id).await, deleted);
}
