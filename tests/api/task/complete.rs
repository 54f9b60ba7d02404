//! `CompleteTask`.

use tandem_proto::task::{TaskFilter, TaskStatus};

use crate::support::app::{App, Start};
use crate::support::manual_clock::ManualClock;
use crate::support::tasks::{complete, create, numbers};

/// The tasks with a status.
pub(super) fn with_status(status: TaskStatus) -> TaskFilter {
    TaskFilter { status: status.into(), ..TaskFilter::default() }
}

async fn completion_has_status_and_time() {
    let clock = ManualClock::new();
    let app = App::start_with(Start { clock: clock.clock(), ..Start::default() }).await;
    let tasks = app.tasks_as("alice");
    let task = create(&tasks, "done").await;
    assert_eq!(task.complete_time, None);
    let now = clock.advance(60);
    let completed = complete(&tasks, &task.id).await;
    assert_eq!((completed.status(), completed.complete_time), (TaskStatus::Completed, Some(now)));
    // A repeat changes nothing, its time included.
    clock.advance(60);
    assert_eq!(complete(&tasks, &task.id).await, completed);
}

async fn completed_task_changes_lists() {
    let app = App::start().await;
    let tasks = app.tasks_as("alice");
    let [done, open] = [create(&tasks, "done").await, create(&tasks, "open").await];
    complete(&tasks, &done.id).await;
    assert_eq!(numbers(&tasks, with_status(TaskStatus::Completed)).await, [done.number]);
    assert_eq!(numbers(&tasks, with_status(TaskStatus::Pending)).await, [open.number]);
}

database_tests! {
    tests:
        completion_has_status_and_time,
        completed_task_changes_lists;
}
