//! Orders, compared with a sort of all tasks.

use prost_types::Timestamp;
use tandem_proto::task::{ListTasksRequest, Task, TaskFilter};

use super::{all, micros};
use crate::support::app::{App, Start};
use crate::support::manual_clock::ManualClock;
use crate::support::refusal::{fields, refused};
use crate::support::tasks::{complete, create_as};

/// The sort key of a task; equal keys are ordered by number.
type Key = fn(&Task) -> i64;

const ORDERS: [(&str, Key); 6] = [
    ("", |task| task.create_time.as_ref().map_or(0, micros)),
    ("create_time", |task| task.create_time.as_ref().map_or(0, micros)),
    ("update_time", |task| task.update_time.as_ref().map_or(0, micros)),
    ("due_time", |task| task.due_time.as_ref().map_or(i64::MAX, micros)),
    ("priority", |task| i64::from(task.priority)),
    ("number", |task| task.number),
];

async fn orders_are_stable_across_pages() {
    let clock = ManualClock::new();
    let app = App::start_with(Start { clock: clock.clock(), ..Start::default() }).await;
    let tasks = app.tasks_as("alice");
    for index in 0..24 {
        create_as(
            &tasks,
            Task {
                title: format!("task {index}"),
                priority: (index * 7) % 4,
                due_time: (index % 3 != 0).then(|| clock.after(i64::from((index * 5) % 4))),
                ..Task::default()
            },
        )
        .await;
        // Two tasks per second.
        clock.advance(u64::from(index % 2 == 1));
    }
    let created = all(&tasks, ListTasksRequest::default()).await;
    for task in created.iter().step_by(5) {
        clock.advance(1);
        complete(&tasks, &task.id).await;
    }

    let mut model = all(&tasks, ListTasksRequest::default()).await;
    assert_eq!(model.len(), 24);
    for (field, key) in ORDERS {
        model.sort_by_key(|task| (key(task), task.number));
        for direction in ["", " asc", " desc"] {
            if field.is_empty() && !direction.is_empty() {
                continue;
            }
            let mut expected = model.clone();
            if direction == " desc" {
                expected.reverse();
            }
            let order_by = format!("{field}{direction}");
            for page_size in [5, 24, 1000] {
                let order_by = order_by.clone();
                let request = ListTasksRequest { order_by, page_size, ..Default::default() };
                assert_eq!(all(&tasks, request).await, expected, "{field}{direction} {page_size}");
            }
        }
    }
}

/// Days around 1970, the first and the last second of each.
async fn due_times_before_1970_are_in_order() {
    let app = App::start().await;
    let tasks = app.tasks_as("alice");
    let seconds = [-86_401, -86_400, -1, 0, 86_399, 86_400];
    for index in [3, 0, 5, 1, 4, 2] {
        let due_time = Some(Timestamp { seconds: seconds[index], nanos: 0 });
        let title = format!("due in {}", seconds[index]);
        create_as(&tasks, Task { title, due_time, ..Task::default() }).await;
    }
    for page_size in [1, 4, 100] {
        let order_by = "due_time".to_owned();
        let request = ListTasksRequest { order_by, page_size, ..Default::default() };
        assert_eq!(due_seconds(all(&tasks, request.clone()).await), seconds);
        let end = Some(Timestamp { seconds: 0, nanos: 0 });
        let filter = Some(TaskFilter { end_due_time: end, ..TaskFilter::default() });
        let before = all(&tasks, ListTasksRequest { filter, ..request }).await;
        assert_eq!(due_seconds(before), seconds[..3]);
    }
}

fn due_seconds(tasks: Vec<Task>) -> Vec<i64> {
    tasks.into_iter().map(|task| task.due_time.expect("a due time").seconds).collect()
}

async fn unknown_orders_are_refused() {
    let app = App::start().await;
    let mut tasks = app.tasks_as("alice");
    for order_by in ["title", "number up", "number desc desc", "number, priority", "DUE_TIME"] {
        let order_by = order_by.to_owned();
        let request = ListTasksRequest { order_by, ..Default::default() };
        assert_eq!(fields(&refused(tasks.list_tasks(request).await)), ["order_by"]);
    }
}

database_tests! {
    tests:
        orders_are_stable_across_pages,
        due_times_before_1970_are_in_order,
        unknown_orders_are_refused;
}
