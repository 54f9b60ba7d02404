//! Filters, checked against a filter in the test over all tasks.

use tandem_proto::task::{ListTasksRequest, Priority, Task, TaskFilter, TaskStatus};

use super::{micros, page};
use crate::support::app::{App, Start};
use crate::support::manual_clock::Hands;
use crate::support::refusal::{fields, refused};
use crate::support::tasks::{Tasks, complete, create, create_as, delete, listed_numbers, numbers};

/// Thirty tasks, a minute apart, that differ in everything: also in whether they are done or deleted.
async fn assortment(tasks: &Tasks, hands: &Hands) -> Vec<Task> {
    for index in 0..30 {
        let label = |label: &str, every| (index % every == 0).then(|| label.to_owned());
        let task = create_as(
            tasks,
            Task {
                title: format!("task {index}"),
                priority: index % 4,
                due_time: (index % 3 != 0).then(|| hands.after(i64::from(index % 7 - 3) * 3600)),
                labels: [label("home", 2), label("work", 3)].into_iter().flatten().collect(),
                ..Task::default()
            },
        )
        .await;
        if index % 5 == 0 {
            complete(tasks, &task.id).await;
        }
        if index % 11 == 0 {
            delete(tasks, &task.id).await;
        }
        hands.forward(60);
    }
    let order_by = "number".to_owned();
    page(tasks, ListTasksRequest { show_deleted: true, order_by, ..Default::default() }).await.tasks
}

/// What a filter means, asked of one task.
type Holds = fn(&Task, &Hands) -> bool;

fn is_due(task: &Task, from: i64, to: i64, hands: &Hands) -> bool {
    let hours = |hours: i64| micros(&hands.after(hours * 3600));
    task.due_time.as_ref().is_some_and(|due| (hours(from)..hours(to)).contains(&micros(due)))
}

fn cases(hands: &Hands) -> Vec<(TaskFilter, Holds)> {
    let hours = |hours: i64| Some(hands.after(hours * 3600));
    let minutes = |minutes: i64| Some(hands.after(minutes * 60));
    let any = TaskFilter::default;
    let (pending, completed) = (TaskStatus::Pending.into(), TaskStatus::Completed.into());
    let labels = |labels: &[&str]| labels.iter().map(|&label| label.to_owned()).collect();
    vec![
        (any(), |_, _| true),
        (TaskFilter { status: pending, ..any() }, |it, _| it.status() == TaskStatus::Pending),
        (TaskFilter { status: completed, ..any() }, |it, _| it.status() == TaskStatus::Completed),
        (TaskFilter { priority: Priority::Low.into(), ..any() }, |it, _| {
            it.priority() == Priority::Low
        }),
        (TaskFilter { priority: Priority::High.into(), ..any() }, |it, _| {
            it.priority() == Priority::High
        }),
        (TaskFilter { labels: labels(&["home"]), ..any() }, |it, _| {
            it.labels.contains(&"home".to_owned())
        }),
        (TaskFilter { labels: labels(&["work", "home"]), ..any() }, |it, _| it.labels.len() == 2),
        (TaskFilter { labels: labels(&["Home"]), ..any() }, |_, _| false),
        (TaskFilter { labels: labels(&["hom"]), ..any() }, |_, _| false),
        (TaskFilter { start_due_time: hours(-1), ..any() }, |it, now| is_due(it, -1, 1000, now)),
        (TaskFilter { end_due_time: hours(1), ..any() }, |it, now| is_due(it, -1000, 1, now)),
        (TaskFilter { start_due_time: hours(-2), end_due_time: hours(2), ..any() }, |it, now| {
            is_due(it, -2, 2, now)
        }),
        (TaskFilter { start_create_time: minutes(-10), ..any() }, |it, _| it.number > 20),
        (TaskFilter { end_create_time: minutes(-10), ..any() }, |it, _| it.number <= 20),
        (
            TaskFilter { start_create_time: minutes(-20), end_create_time: minutes(-10), ..any() },
            |it, _| (11..=20).contains(&it.number),
        ),
        (TaskFilter { overdue: true, ..any() }, |it, now| {
            it.status() == TaskStatus::Pending && is_due(it, -1000, 0, now)
        }),
        (TaskFilter { overdue: true, status: completed, ..any() }, |_, _| false),
        (TaskFilter { number: 7, ..any() }, |it, _| it.number == 7),
        (TaskFilter { number: 31, ..any() }, |_, _| false),
        (
            TaskFilter {
                status: pending,
                labels: labels(&["home"]),
                start_due_time: hours(-1000),
                ..any()
            },
            |it, _| {
                it.status() == TaskStatus::Pending
                    && it.labels.contains(&"home".to_owned())
                    && it.due_time.is_some()
            },
        ),
    ]
}

async fn every_filter_finds_what_it_means_with_deleted_tasks_and_without() {
    let hands = Hands::new();
    let app = App::start_with(Start { clock: hands.clock(), ..Start::default() }).await;
    let tasks = app.tasks_as("alice");
    create(&app.tasks_as("bob"), "task 1 of somebody else").await;
    let all = assortment(&tasks, &hands).await;
    assert_eq!(all.len(), 30);
    for (filter, holds) in cases(&hands) {
        for show_deleted in [false, true] {
            let meant =
                |it: &&Task| holds(it, &hands) && (show_deleted || it.delete_time.is_none());
            let expected = all.iter().filter(meant).map(|it| it.number).collect::<Vec<_>>();
            let found = listed_numbers(&tasks, filter.clone(), show_deleted).await;
            assert_eq!(found, expected, "{filter:?}");
        }
    }
}

async fn a_task_is_overdue_from_the_moment_after_its_due_time_until_it_is_done() {
    let hands = Hands::new();
    let app = App::start_with(Start { clock: hands.clock(), ..Start::default() }).await;
    let tasks = app.tasks_as("alice");
    let task =
        Task { title: "soon".to_owned(), due_time: Some(hands.after(60)), ..Task::default() };
    let task = create_as(&tasks, task).await;
    let overdue =
        async || numbers(&tasks, TaskFilter { overdue: true, ..Default::default() }).await;

    hands.forward(60);
    assert!(overdue().await.is_empty(), "due now is not too late");
    hands.forward(1);
    assert_eq!(overdue().await, [task.number]);
    complete(&tasks, &task.id).await;
    assert!(overdue().await.is_empty());
}

async fn a_filter_that_means_nothing_is_refused_by_name() {
    let app = App::start().await;
    let mut tasks = app.tasks_as("alice");
    let any = TaskFilter::default;
    for (filter, fault) in [
        (TaskFilter { status: 9, ..any() }, "filter.status"),
        (TaskFilter { priority: -1, ..any() }, "filter.priority"),
        (TaskFilter { number: -1, ..any() }, "filter.number"),
        (TaskFilter { labels: vec![" ".to_owned()], ..any() }, "filter.labels[0]"),
        (TaskFilter { query: "– …".to_owned(), ..any() }, "filter.query"),
    ] {
        let request = ListTasksRequest { filter: Some(filter), ..Default::default() };
        assert_eq!(fields(&refused(tasks.list_tasks(request).await)), [fault]);
    }
}

database_tests! {
    tests:
        every_filter_finds_what_it_means_with_deleted_tasks_and_without,
        a_task_is_overdue_from_the_moment_after_its_due_time_until_it_is_done,
        a_filter_that_means_nothing_is_refused_by_name;
}
