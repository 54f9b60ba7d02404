//! Pages (AIP-158).

use std::collections::HashSet;

use futures::{StreamExt as _, stream};
use tandem_proto::task::{ListTasksRequest, Priority, Task, TaskFilter};

use super::{all, page};
use crate::support::app::App;
use crate::support::refusal::{fields, refused};
use crate::support::tasks::{Tasks, create, create_as, delete};

/// Creates tasks concurrently.
async fn create_many(tasks: &Tasks, count: usize) {
    let titles = (0..count).map(|index| format!("task {index}"));
    let creations = titles.map(|title| async move { create(tasks, &title).await });
    stream::iter(creations).buffer_unordered(64).for_each(async |_| {}).await;
}

async fn default_and_maximum_page_size() {
    let app = App::start().await;
    let tasks = app.tasks_as("alice");
    create_many(&tasks, 1001).await;
    let sizes = [(0, 50), (1, 1), (1000, 1000), (1001, 1000), (i32::MAX, 1000)];
    for (page_size, expected) in sizes {
        let found = page(&tasks, ListTasksRequest { page_size, ..Default::default() }).await;
        assert_eq!(found.tasks.len(), expected, "page_size {page_size}");
        assert!(!found.next_page_token.is_empty());
    }
    let request = ListTasksRequest { page_size: 1000, ..Default::default() };
    let ids = all(&tasks, request).await.into_iter().map(|task| task.id).collect::<HashSet<_>>();
    assert_eq!(ids.len(), 1001);

    let request = ListTasksRequest { page_size: -1, ..Default::default() };
    assert_eq!(fields(&refused(tasks.clone().list_tasks(request).await)), ["page_size"]);
}

async fn full_last_page_has_no_token() {
    let app = App::start().await;
    let tasks = app.tasks_as("alice");
    let empty = page(&tasks, ListTasksRequest::default()).await;
    assert!(empty.tasks.is_empty() && empty.next_page_token.is_empty());
    create_many(&tasks, 4).await;
    let mut request = ListTasksRequest { page_size: 2, ..Default::default() };
    let first = page(&tasks, request.clone()).await;
    request.page_token = first.next_page_token;
    let second = page(&tasks, request).await;
    assert_eq!((first.tasks.len(), second.tasks.len()), (2, 2));
    assert!(second.next_page_token.is_empty());
}

async fn pages_are_consistent_during_changes() {
    let app = App::start().await;
    for field in ["create_time", "update_time", "due_time", "priority", "number"] {
        for direction in ["", " desc"] {
            let order_by = format!("{field}{direction}");
            let tasks = app.tasks_as(&order_by.replace(' ', "-"));
            walk_through_change(&tasks, &order_by).await;
        }
    }
}

/// A task at an arbitrary position of every order.
async fn create_anywhere(tasks: &Tasks, index: i32) -> Task {
    let due = prost_types::Timestamp { seconds: i64::from(index * 37 % 11), nanos: 0 };
    create_as(
        tasks,
        Task {
            title: format!("task {index}"),
            priority: index * 5 % 4,
            due_time: (index % 4 != 0).then_some(due),
            ..Task::default()
        },
    )
    .await
}

/// Reads a list page by page; between pages, tasks are created, and every second one of the first is deleted.
async fn walk_through_change(tasks: &Tasks, order_by: &str) {
    let mut index = 0..;
    let mut remaining = HashSet::new();
    let mut to_delete = Vec::new();
    for index in index.by_ref().take(24) {
        let task = create_anywhere(tasks, index).await;
        if index % 2 == 0 {
            remaining.insert(task.id);
        } else {
            to_delete.push(task.id);
        }
    }
    let order_by = order_by.to_owned();
    let mut request = ListTasksRequest { order_by, page_size: 5, ..Default::default() };
    let mut seen = HashSet::new();
    loop {
        let found = page(tasks, request.clone()).await;
        for task in found.tasks {
            assert!(seen.insert(task.id.clone()), "{} twice: {task:?}", request.order_by);
        }
        if found.next_page_token.is_empty() {
            break;
        }
        request.page_token = found.next_page_token;
        for index in index.by_ref().take(2) {
            create_anywhere(tasks, index).await;
        }
        for id in to_delete.drain(to_delete.len().saturating_sub(2)..) {
            delete(tasks, &id).await;
        }
    }
    assert!(remaining.is_subset(&seen), "{}: some were missed", request.order_by);
}

async fn page_token_is_bound_to_its_list() {
    let app = App::start().await;
    let (tasks, bob) = (app.tasks_as("alice"), app.tasks_as("bob"));
    create_many(&tasks, 5).await;
    let request = ListTasksRequest {
        page_size: 2,
        order_by: "number".to_owned(),
        filter: Some(TaskFilter { query: "task".to_owned(), ..TaskFilter::default() }),
        ..Default::default()
    };
    let page_token = page(&tasks, request.clone()).await.next_page_token;
    let request = ListTasksRequest { page_token, ..request };

    let rest = page(&tasks, ListTasksRequest { page_size: 3, ..request.clone() }).await;
    assert_eq!(rest.tasks.iter().map(|task| task.number).collect::<Vec<_>>(), [3, 4, 5]);
    assert_eq!(fields(&refused(bob.clone().list_tasks(request.clone()).await)), ["page_token"]);

    let important = TaskFilter { priority: Priority::High.into(), ..TaskFilter::default() };
    let shortened = request.page_token[1..].to_owned();
    for request in [
        ListTasksRequest { filter: Some(important), ..request.clone() },
        ListTasksRequest { filter: None, ..request.clone() },
        ListTasksRequest { order_by: "number desc".to_owned(), ..request.clone() },
        ListTasksRequest { order_by: "priority".to_owned(), ..request.clone() },
        ListTasksRequest { page_token: shortened, ..request.clone() },
        ListTasksRequest { page_token: "next, please".to_owned(), ..request.clone() },
    ] {
        assert_eq!(fields(&refused(tasks.clone().list_tasks(request).await)), ["page_token"]);
    }
}

async fn longest_tasks_fit_into_pages() {
    let app = App::start().await;
    let tasks = app.tasks_as("alice");
    let description = "☑".repeat(10_000);
    for _ in 0..50 {
        let (title, description) = ("long".to_owned(), description.clone());
        create_as(&tasks, Task { title, description, ..Task::default() }).await;
    }
    let found = all(&tasks, ListTasksRequest::default()).await;
    let numbers = found.iter().map(|task| task.number).collect::<Vec<_>>();
    assert_eq!(numbers, (1..=50).collect::<Vec<_>>());
}

database_tests! {
    tests:
        full_last_page_has_no_token,
        pages_are_consistent_during_changes,
        page_token_is_bound_to_its_list,
        longest_tasks_fit_into_pages;
    two_threads:
        default_and_maximum_page_size;
}
