//! A task from its creation to its deletion.

use std::collections::HashSet;

use prost_types::Timestamp;
use tandem_proto::task::{Priority, Task, TaskStatus};

use crate::support::app::{App, Start};
use crate::support::manual_clock::ManualClock;
use crate::support::tasks::{Tasks, complete, create, create_as, delete, get, rename, reopen};

/// The default retention of deleted resources, in seconds.
const THIRTY_DAYS: i64 = 30 * 24 * 60 * 60;

async fn changes_set_time_and_etag_only() {
    let clock = ManualClock::new();
    let app = App::start_with(Start { clock: clock.clock(), ..Start::default() }).await;
    let tasks = app.tasks_as("alice");
    let draft = Task {
        title: "Buy milk".to_owned(),
        description: "Two litres".to_owned(),
        priority: Priority::High.into(),
        due_time: Some(clock.after(86_400)),
        labels: vec!["shop".to_owned(), "home".to_owned()],
        ..Task::default()
    };

    let creation = clock.now();
    let created = create_as(&tasks, draft.clone()).await;
    let expected = Task {
        id: created.id.clone(),
        number: 1,
        status: TaskStatus::Pending.into(),
        create_time: Some(creation),
        ..draft
    };
    expect(&tasks, &created, creation, expected.clone()).await;

    let change = clock.advance(60);
    let renamed = tasks.clone().update_task(rename(&created.id, "Buy oat milk")).await;
    let renamed = renamed.expect("a change").into_inner();
    let expected = Task { title: "Buy oat milk".to_owned(), ..expected };
    expect(&tasks, &renamed, change, expected.clone()).await;

    let change = clock.advance(60);
    let completed = complete(&tasks, &created.id).await;
    let (status, complete_time) = (TaskStatus::Completed.into(), Some(change));
    expect(&tasks, &completed, change, Task { status, complete_time, ..expected.clone() }).await;

    let change = clock.advance(60);
    let reopened = reopen(&tasks, &created.id).await;
    expect(&tasks, &reopened, change, expected.clone()).await;

    let change = clock.advance(60);
    let deleted = delete(&tasks, &created.id).await;
    let purge_time = Some(Timestamp { seconds: change.seconds + THIRTY_DAYS, ..change });
    let expected = Task { delete_time: Some(change), purge_time, ..expected };
    expect(&tasks, &deleted, change, expected).await;

    let versions = [created, renamed, completed, reopened, deleted].map(|task| task.etag);
    assert_eq!(versions.iter().collect::<HashSet<_>>().len(), versions.len());
    assert!(versions.iter().all(|etag| !etag.is_empty()));
}

/// Checks a task that just changed, in the response and when it is read.
async fn expect(tasks: &Tasks, answer: &Task, changed: Timestamp, expected: Task) {
    let (update_time, etag) = (Some(changed), answer.etag.clone());
    assert_eq!(answer, &Task { update_time, etag, ..expected });
    assert_eq!(&get(tasks, &answer.id).await, answer);
}

async fn repeated_changes_do_nothing() {
    let clock = ManualClock::new();
    let app = App::start_with(Start { clock: clock.clock(), ..Start::default() }).await;
    let tasks = app.tasks_as("alice");
    let created = create(&tasks, "twice").await;
    let Task { id, .. } = &created;
    clock.advance(60);
    assert_eq!(reopen(&tasks, id).await, created);
    let completed = complete(&tasks, id).await;
    clock.advance(60);
    assert_eq!(complete(&tasks, id).await, completed);
    let deleted = delete(&tasks, id).await;
    clock.advance(60);
    assert_eq!(delete(&tasks, id).await, deleted);
    assert_eq!(get(&tasks, id).await, deleted);
}

database_tests! {
    tests:
        changes_set_time_and_etag_only,
        repeated_changes_do_nothing;
}
