//! New tasks.

use prost_types::Timestamp;
use tandem_proto::task::{CreateTaskRequest, ListTasksRequest, Task, TaskFilter};
use uuid::Uuid;

use super::fields;
use crate::support::app::App;

/// A second before the year 1, and the second after the year 9999.
const OUT_OF_RANGE: [i64; 2] = [-62_135_596_801, 253_402_300_800];

fn new(task: Task) -> CreateTaskRequest {
    CreateTaskRequest { task: Some(task), ..Default::default() }
}

fn titled(title: &str) -> Task {
    Task { title: title.to_owned(), ..Default::default() }
}

async fn everything_that_is_wrong_with_a_new_task_is_said_at_once_and_nothing_is_stored() {
    let app = App::start().await;
    let mut client = app.tasks_as("alice");
    let mut labels = vec!["\u{7} ".to_owned(), "x".repeat(51), String::new()];
    labels.extend((0..18).map(|n| n.to_string()));
    let task = Task {
        title: "x".repeat(201),
        description: "x".repeat(10_001),
        priority: 4,
        due_time: Some(Timestamp { seconds: 0, nanos: -1 }),
        labels,
        ..Default::default()
    };
    let request = CreateTaskRequest { request_id: "a b".to_owned(), ..new(task) };
    let expected = [
        "request_id",
        "task.description",
        "task.due_time",
        "task.labels",
        "task.labels[0]",
        "task.labels[1]",
        "task.labels[2]",
        "task.priority",
        "task.title",
    ];
    assert_eq!(fields(client.create_task(request).await), expected);

    let list = client.list_tasks(ListTasksRequest::default()).await.expect("a list").into_inner();
    assert_eq!(list.tasks, []);
    let first = client.create_task(new(titled("good"))).await.expect("a task").into_inner();
    assert_eq!(first.number, 1, "no number was used up");
}

async fn a_title_has_to_say_something() {
    let app = App::start().await;
    let mut client = app.tasks_as("alice");
    assert_eq!(fields(client.create_task(CreateTaskRequest::default()).await), ["task"]);
    let astral = "🥛".repeat(201);
    for title in ["", " ", "\t\n\u{a0}\u{2003}", "\0\u{1b}\u{9f}", "\u{202e}", &astral] {
        assert_eq!(
            fields(client.create_task(new(titled(title))).await),
            ["task.title"],
            "{title:?}"
        );
    }
}

async fn times_are_between_the_years_1_and_9999() {
    let app = App::start().await;
    let mut client = app.tasks_as("alice");
    let nanos = [-1, 1_000_000_000].map(|nanos| Timestamp { seconds: 0, nanos });
    let times = OUT_OF_RANGE.map(|seconds| Timestamp { seconds, nanos: 0 });
    for time in times.into_iter().chain(nanos) {
        let task = Task { due_time: Some(time), ..titled("good") };
        assert_eq!(fields(client.create_task(new(task)).await), ["task.due_time"], "{time:?}");
        let (start_due_time, end_due_time) = (Some(time), Some(time));
        let (start_create_time, end_create_time) = (Some(time), Some(time));
        let filter = TaskFilter {
            start_due_time,
            end_due_time,
            start_create_time,
            end_create_time,
            ..Default::default()
        };
        let list = ListTasksRequest { filter: Some(filter), ..Default::default() };
        let expected = ["start_create_time", "end_create_time", "start_due_time", "end_due_time"]
            .map(|f| format!("filter.{f}"));
        assert_eq!(fields(client.list_tasks(list).await), expected, "{time:?}");
    }
    for seconds in [OUT_OF_RANGE[0] + 1, OUT_OF_RANGE[1] - 1] {
        let due_time = Some(Timestamp { seconds, nanos: 999_999_000 });
        let task = Task { due_time, ..titled("good") };
        let task = client.create_task(new(task)).await.expect("a task").into_inner();
        assert_eq!(task.due_time, due_time);
    }
}

async fn what_the_service_sets_is_ignored_where_a_caller_sets_it() {
    let app = App::start().await;
    let time = Some(Timestamp { seconds: i64::MAX, nanos: -1 });
    let task = Task {
        id: "mine".to_owned(),
        number: -7,
        status: 99,
        create_time: time,
        delete_time: time,
        ..titled("good")
    };
    let task = app.tasks_as("alice").create_task(new(task)).await.expect("a task").into_inner();
    assert!(Uuid::try_parse(&task.id).is_ok());
    assert_eq!((task.number, task.status, task.delete_time), (1, 1, None));
    assert!(task.create_time.is_some_and(|time| time.nanos >= 0));
}

database_tests! {
    tests:
        everything_that_is_wrong_with_a_new_task_is_said_at_once_and_nothing_is_stored,
        a_title_has_to_say_something,
        times_are_between_the_years_1_and_9999,
        what_the_service_sets_is_ignored_where_a_caller_sets_it;
}
