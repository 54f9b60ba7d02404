//! The task service.

use tandem_proto::task::{
    BatchCreateTasksRequest, CreateTaskRequest, ListTasksRequest, Task, WatchTasksRequest,
};

use super::Attack;
use crate::support::app::App;
use crate::support::tasks::{Tasks, create, get};

/// Creates short tasks, of which several reads fit into one piece of a response, and then long ones: more
/// than the default windows admit.
async fn create_long_list(tasks: &Tasks) {
    for length in [0, 0, 10_000] {
        let (title, description) = ("a task".to_owned(), "x".repeat(length));
        let task = Some(Task { title, description, ..Task::default() });
        let request = CreateTaskRequest { task, ..CreateTaskRequest::default() };
        let requests = vec![request; 90];
        let request = BatchCreateTasksRequest { requests, ..BatchCreateTasksRequest::default() };
        tasks.clone().batch_create_tasks(request).await.expect("tasks");
    }
}

/// The path and the token of mallory, who has a long list; bob has one task, which he reads.
async fn attack<M: prost::Message>(path: &'static str, request: M) {
    let app = App::start().await;
    create_long_list(&app.tasks_as("mallory")).await;
    let bob = app.tasks_as("bob");
    let id = create(&bob, "of bob").await.id;
    let token = app.issuer.token("mallory");
    let attack = Attack { address: app.task_address, token: &token, path, request };
    attack.run(&app.task, async || drop(get(&bob, &id).await)).await;
}

async fn unread_watches_hold_nobody_up() {
    attack("/tandem.task.v1.TaskService/WatchTasks", WatchTasksRequest::default()).await;
}

async fn unread_lists_hold_nobody_up() {
    let request = ListTasksRequest { page_size: 1000, ..ListTasksRequest::default() };
    attack("/tandem.task.v1.TaskService/ListTasks", request).await;
}

database_tests! {
    two_threads:
        unread_watches_hold_nobody_up,
        unread_lists_hold_nobody_up;
}
