//! Pages that end at the limit of rows scanned by a call (AIP-158): a list that is read to its end is complete.

use std::collections::HashSet;

use futures::StreamExt as _;
use futures::stream;
use tandem_proto::task::{
    BatchCreateTasksRequest, CreateTaskRequest, ListTasksRequest, Task, TaskFilter,
};

use super::page;
use crate::support::app::App;
use crate::support::tasks::{Tasks, create_as, delete};

/// More tasks than one call scans in this order.
const COUNT: i64 = 8000;

/// One task in `SHARE` has both labels; each label is on about half of the tasks.
const SHARE: i64 = 1000;

/// A task with one label or both; its position in the order is independent of its number.
fn draft(index: i64) -> Task {
    let both = index % SHARE == 0;
    let labels = [("odd", both || index % 2 == 1), ("even", both || index % 2 == 0)];
    let seconds = index * 3571 % COUNT;
    Task {
        title: format!("task {index}"),
        due_time: Some(prost_types::Timestamp { seconds, nanos: 0 }),
        labels: labels.iter().filter(|it| it.1).map(|it| it.0.to_owned()).collect(),
        ..Task::default()
    }
}

/// Creates the tasks; returns the ids of those with both labels.
async fn fill(tasks: &Tasks) -> Vec<String> {
    let create = |index| CreateTaskRequest { task: Some(draft(index)), ..Default::default() };
    let batches = (0..COUNT / 100).map(|batch| async move {
        let requests = (batch * 100..(batch + 1) * 100).map(create).collect();
        let request = BatchCreateTasksRequest { requests, ..Default::default() };
        tasks.clone().batch_create_tasks(request).await.expect("tasks").into_inner().tasks
    });
    let created = stream::iter(batches).buffer_unordered(4).collect::<Vec<_>>().await.concat();
    created.into_iter().filter(|it| it.labels.len() == 2).map(|it| it.id).collect()
}

fn request(order_by: &str) -> ListTasksRequest {
    let labels = vec!["odd".to_owned(), "even".to_owned()];
    let filter = Some(TaskFilter { labels, ..TaskFilter::default() });
    ListTasksRequest { filter, order_by: order_by.to_owned(), page_size: 5, ..Default::default() }
}

/// The tasks of a list that is read to its end, and the number of short pages before the last. `between` is
/// called after each page.
async fn walk(
    tasks: &Tasks,
    mut request: ListTasksRequest,
    between: impl AsyncFn(usize),
) -> (Vec<Task>, usize) {
    let (mut found, mut short) = (Vec::new(), 0);
    for number in 0.. {
        let next = page(tasks, request.clone()).await;
        let is_last = next.next_page_token.is_empty();
        short += usize::from(next.tasks.len() < 5 && !is_last);
        found.extend(next.tasks);
        if is_last {
            break;
        }
        request.page_token = next.next_page_token;
        between(number).await;
    }
    (found, short)
}

async fn walk_gives_each_task_once_amid_writes() {
    let app = App::start().await;
    let tasks = app.tasks_as("alice");
    let mut remaining = fill(&tasks).await;
    assert_eq!(remaining.len(), usize::try_from(COUNT / SHARE).expect("few"));
    let to_delete = remaining.split_off(remaining.len() - 3);
    for order_by in ["due_time", "due_time desc"] {
        let write = async |number: usize| {
            create_as(&tasks, draft(i64::try_from(number).expect("few") * SHARE)).await;
            if let Some(id) = to_delete.get(number) {
                delete(&tasks, id).await;
            }
        };
        let (found, short) = walk(&tasks, request(order_by), write).await;
        assert!(short > 0, "{order_by}: no page was short");
        let times = found.iter().map(|it| it.due_time.expect("a time").seconds);
        let is_sorted = match order_by {
            "due_time" => times.is_sorted(),
            _ => times.is_sorted_by(|one, next| one >= next),
        };
        assert!(is_sorted, "{order_by}");
        let ids = found.iter().map(|it| it.id.clone()).collect::<HashSet<_>>();
        assert_eq!(ids.len(), found.len(), "{order_by}: a task came twice");
        assert!(remaining.iter().all(|id| ids.contains(id)), "{order_by}: a task was missed");
    }
}

database_tests! {
    two_threads:
        walk_gives_each_task_once_amid_writes;
}
