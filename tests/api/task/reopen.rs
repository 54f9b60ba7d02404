//! `ReopenTask`.

use tandem_proto::task::TaskStatus;

use super::complete::with_status;
use crate::support::app::App;
use crate::support::tasks::{complete, create, numbers, reopen};

async fn reopened_task_is_pending_again() {
    let app = App::start().await;
    let tasks = app.tasks_as("alice");
    let task = create(&tasks, "again").await;
    complete(&tasks, &task.id).await;
    let reopened = reopen(&tasks, &task.id).await;
    assert_eq!((reopened.status(), reopened.complete_time), (TaskStatus::Pending, None));
    assert_eq!(numbers(&tasks, with_status(TaskStatus::Pending)).await, [task.number]);
    assert!(numbers(&tasks, with_status(TaskStatus::Completed)).await.is_empty());
    // A repeat changes nothing.
    assert_eq!(reopen(&tasks, &task.id).await, reopened);
}

database_tests! {
    tests:
        reopened_task_is_pending_again;
}
