//! `BatchCreateTasks`.

use prost::Message as _;
use tandem_proto::task::{BatchCreateTasksRequest, CreateTaskRequest, ListTasksRequest, Task};

use crate::support::app::App;

async fn a_batch_that_just_fits_is_answered_whole() {
    let app = App::start().await;
    let description = "x".repeat(10_000);
    let request = CreateTaskRequest {
        task: Some(Task { title: "long".to_owned(), description, ..Task::default() }),
        ..CreateTaskRequest::default()
    };
    let batch = BatchCreateTasksRequest { requests: vec![request; 100], ..Default::default() };
    let tasks = app.tasks_as("alice").batch_create_tasks(batch).await.expect("tasks").into_inner();
    assert_eq!(tasks.tasks.len(), 100);
    assert!(tasks.encoded_len() > 1_000_000, "{}", tasks.encoded_len());
    let list = app.tasks_as("alice").list_tasks(ListTasksRequest::default()).await.expect("a list");
    assert!(!list.into_inner().next_page_token.is_empty());
}

database_tests! {
    tests:
        a_batch_that_just_fits_is_answered_whole;
}
