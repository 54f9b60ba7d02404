//! Calls of the task service.

use tandem_proto::task::task_service_client::TaskServiceClient;
use tandem_proto::task::{
    CompleteTaskRequest, CreateTaskRequest, DeleteTaskRequest, GetTaskRequest, ListTasksRequest,
    ReopenTaskRequest, Task, TaskFilter, UpdateTaskRequest,
};
use tonic::transport::Channel;

use crate::support::app::As;

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
pub(crate) async fn reopen(tasks: &Tasks, id: &str) -> Task {
    let request = ReopenTaskRequest { id: id.to_owned(), ..Default::default() };
    tasks.clone().reopen_task(request).await.expect("reopening").into_inner()
}

/// A request for a new title.
pub(crate) fn rename(id: &str, title: &str) -> UpdateTaskRequest {
    let task = Task { id: id.to_owned(), title: title.to_owned(), ..Task::default() };
    UpdateTaskRequest { task: Some(task), ..Default::default() }
}

/// The numbers of the tasks that a filter finds, in order.
pub(crate) async fn numbers(tasks: &Tasks, filter: TaskFilter) -> Vec<i64> {
    listed_numbers(tasks, filter, false).await
}

/// The same with or without deleted tasks.
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
