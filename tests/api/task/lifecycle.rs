//! A task from its creation to its deletion.

use std::collections::HashSet;

use prost_types::Timestamp;
use tandem_proto::task::{Priority, Task, TaskStatus};

use crate::support::app::{App, Start};
use crate::support::manual_clock::Hands;
use crate::support::tasks::{Tasks, complete, create, create_as, delete, get, rename, reopen};

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

database_tests! {
    tests:
        every_change_of_a_task_has_its_time_and_its_etag_and_nothing_else_moves,
        what_is_done_or_open_or_gone_already_stays_as_it_is;
}
