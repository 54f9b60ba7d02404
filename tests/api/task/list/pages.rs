//! Pages (AIP-158).

use std::collections::HashSet;

use futures::{StreamExt as _, stream};
use tandem_proto::task::{ListTasksRequest, Priority, Task, TaskFilter};

use super::{all, page};
use crate::support::app::App;
use crate::support::refusal::{fields, refused};
use crate::support::tasks::{Tasks, create, create_as, delete};

/// Creates tasks, many at a time.
async fn create_many(tasks: &Tasks, count: usize) {
    let titles = (0..count).map(|index| format!("task {index}"));
    let creations = titles.map(|title| async move { create(tasks, &title).await });
    stream::iter(creations).buffer_unordered(64).for_each(async |_| {}).await;
}

async fn a_page_has_fifty_tasks_if_not_asked_for_more_and_never_over_a_thousand() {
    let app = App::start().await;
    let tasks = app.tasks_as("alice");
    create_many(&tasks, 1001).await;
    let sizes = [(0, 50), (1, 1), (1000, 1000), (1001, 1000), (i32::MAX, 1000)];
    for (page_size, expected) in sizes {
        let found = page(&tasks, ListTasksRequest { page_size, ..Default::default() }).await;
        assert_eq!(found.tasks.len(), expected, "asked for {page_size}");
        assert!(!found.next_page_token.is_empty());
    }
    let request = ListTasksRequest { page_size: 1000, ..Default::default() };
    let ids = all(&tasks, request).await.into_iter().map(|task| task.id).collect::<HashSet<_>>();
    assert_eq!(ids.len(), 1001);

    let request = ListTasksRequest { page_size: -1, ..Default::default() };
    assert_eq!(fields(&refused(tasks.clone().list_tasks(request).await)), ["page_size"]);
}

async fn a_page_that_ends_with_the_last_task_is_the_last() {
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

async fn no_task_comes_twice_and_none_is_missed_while_others_come_and_go() {
    let app = App::start().await;
    for field in ["create_time", "update_time", "due_time", "priority", "number"] {
        for direction in ["", " desc"] {
            let order_by = format!("{field}{direction}");
            let tasks = app.tasks_as(&order_by.replace(' ', "-"));
            walk_through_change(&tasks, &order_by).await;
        }
    }
}

/// A task somewhere in the middle of every order.
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

/// Reads a list page by page; in between, tasks are created, and of the first ones every second goes.
async fn walk_through_change(tasks: &Tasks, order_by: &str) {
    let mut index = 0..;
    let mut steady = HashSet::new();
    let mut doomed = Vec::new();
    for index in index.by_ref().take(24) {
        let task = create_anywhere(tasks, index).await;
        if index % 2 == 0 {
            steady.insert(task.id);
        } else {
            doomed.push(task.id);
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
        for id in doomed.drain(doomed.len().saturating_sub(2)..) {
            delete(tasks, &id).await;
        }
    }
    assert!(steady.is_subset(&seen), "{}: some were missed", request.order_by);
}

async fn a_page_token_holds_for_its_user_filter_and_order_and_for_any_size() {
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

async fn a_page_of_the_longest_tasks_there_are_can_be_read() {
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
        a_page_that_ends_with_the_last_task_is_the_last,
        no_task_comes_twice_and_none_is_missed_while_others_come_and_go,
        a_page_token_holds_for_its_user_filter_and_order_and_for_any_size,
        a_page_of_the_longest_tasks_there_are_can_be_read;
    two_threads:
        a_page_has_fifty_tasks_if_not_asked_for_more_and_never_over_a_thousand;
}
