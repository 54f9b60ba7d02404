//! `UndeleteTask`.

use tandem_proto::task::{Task, TaskFilter, TaskStatus, UndeleteTaskRequest};

use crate::support::app::App;
use crate::support::tasks::{Tasks, complete, create, delete, get, listed_numbers, numbers};

async fn undelete(tasks: &Tasks, id: &str) -> Task {
    let request = UndeleteTaskRequest { id: id.to_owned(), ..Default::default() };
    tasks.clone().undelete_task(request).await.expect("restored").into_inner()
}

async fn undeleted_task_is_as_before() {
    let app = App::start().await;
    let tasks = app.tasks_as("alice");
    let task = create(&tasks, "back").await;
    let completed = complete(&tasks, &task.id).await;
    let deleted = delete(&tasks, &task.id).await;
    assert!(numbers(&tasks, TaskFilter::default()).await.is_empty());

    let restored = undelete(&tasks, &task.id).await;
    assert_eq!(restored.status(), TaskStatus::Completed);
    let Task { update_time, etag, .. } = restored.clone();
    assert_eq!(restored, Task { update_time, etag, ..completed });
    assert_ne!(restored.etag, deleted.etag);
    assert_eq!(get(&tasks, &task.id).await, restored);
    assert_eq!(numbers(&tasks, TaskFilter::default()).await, [task.number]);
    assert_eq!(listed_numbers(&tasks, TaskFilter::default(), true).await, [task.number]);
}

async fn undelete_of_a_live_task_does_nothing() {
    let app = App::start().await;
    let tasks = app.tasks_as("alice");
    let task = create(&tasks, "here").await;
    assert_eq!(undelete(&tasks, &task.id).await, task);
}

database_tests! {
    tests:
        undeleted_task_is_as_before,
        undelete_of_a_live_task_does_nothing;
}
