//! `UpdateTask`: which fields change (AIP-134, AIP-161).

use prost_types::FieldMask;
use tandem_proto::task::{Priority, Task, TaskStatus, UpdateTaskRequest};
use tonic::{Response, Status};

use crate::support::app::{App, Start};
use crate::support::manual_clock::Hands;
use crate::support::refusal::{fields, refused};
use crate::support::tasks::{Tasks, create_as, get};

/// A task with a value in every field.
fn full(hands: &Hands) -> Task {
    Task {
        title: "Title".to_owned(),
        description: "Description".to_owned(),
        priority: Priority::Low.into(),
        due_time: Some(hands.after(3600)),
        labels: vec!["one".to_owned(), "two".to_owned()],
        ..Task::default()
    }
}

/// Other values in every field.
fn other(hands: &Hands) -> Task {
    Task {
        title: "Other title".to_owned(),
        description: "Other description".to_owned(),
        priority: Priority::High.into(),
        due_time: Some(hands.after(7200)),
        labels: vec!["three".to_owned()],
        ..Task::default()
    }
}

async fn update(
    tasks: &Tasks,
    id: &str,
    values: Task,
    mask: Option<&[&str]>,
) -> Result<Response<Task>, Status> {
    let paths = |paths: &[&str]| paths.iter().map(|&path| path.to_owned()).collect();
    let request = UpdateTaskRequest {
        task: Some(Task { id: id.to_owned(), ..values }),
        update_mask: mask.map(|mask| FieldMask { paths: paths(mask) }),
        ..Default::default()
    };
    tasks.clone().update_task(request).await
}

/// Updates a task that is `full`, and proves that it then says `expected`: in a new version, unless
/// that is what it said before.
async fn expect(values: Task, mask: Option<&[&str]>, expected: impl FnOnce(&Hands) -> Task) {
    let hands = Hands::new();
    let app = App::start_with(Start { clock: hands.clock(), ..Start::default() }).await;
    let tasks = app.tasks_as("alice");
    let before = create_as(&tasks, full(&hands)).await;
    let expected = expected(&hands);
    let answer = update(&tasks, &before.id, values, mask).await.expect("a change").into_inner();
    let after = Task {
        title: expected.title,
        description: expected.description,
        priority: expected.priority,
        due_time: expected.due_time,
        labels: expected.labels,
        etag: answer.etag.clone(),
        ..before.clone()
    };
    assert_eq!(answer, after, "mask {mask:?}");
    assert_eq!(get(&tasks, &before.id).await, answer);
    let unchanged = Task { etag: before.etag.clone(), ..after } == before;
    assert_eq!(answer.etag == before.etag, unchanged, "mask {mask:?}");
}

async fn without_a_mask_the_fields_with_a_value_change() {
    let title = || Task { title: "New".to_owned(), ..Task::default() };
    let renamed = |hands: &Hands| Task { title: "New".to_owned(), ..full(hands) };
    expect(title(), None, renamed).await;
    expect(title(), Some(&[]), renamed).await;
    expect(other(&Hands::new()), None, other).await;
    expect(Task::default(), None, full).await;
}

async fn a_mask_changes_what_it_names_and_empties_what_has_no_value() {
    let all = || other(&Hands::new());
    let from_other = |hands: &Hands| Task {
        title: other(hands).title,
        priority: other(hands).priority,
        ..full(hands)
    };
    expect(all(), Some(&["title", "priority"]), from_other).await;
    expect(Task::default(), Some(&["description", "due_time"]), |hands| Task {
        description: String::new(),
        due_time: None,
        ..full(hands)
    })
    .await;
    expect(Task::default(), Some(&["priority", "labels"]), |hands| Task {
        priority: Priority::Unspecified.into(),
        labels: Vec::new(),
        ..full(hands)
    })
    .await;
}

async fn a_star_replaces_every_field() {
    expect(other(&Hands::new()), Some(&["*"]), other).await;
    let only_title = || Task { title: "New".to_owned(), ..Task::default() };
    expect(only_title(), Some(&["*"]), |_| only_title()).await;
}

async fn labels_are_replaced_not_joined_and_each_is_kept_once() {
    let labels = |labels: [&str; 3]| labels.map(str::to_owned).to_vec();
    let values = Task { labels: labels(["two", "three", "two"]), ..Task::default() };
    expect(values, Some(&["labels"]), |hands| Task {
        labels: vec!["two".to_owned(), "three".to_owned()],
        ..full(hands)
    })
    .await;
}

async fn what_the_service_sets_is_ignored_with_a_mask_and_without() {
    let hands = Hands::new();
    let set_by_service = Task {
        number: 77,
        status: TaskStatus::Completed.into(),
        create_time: Some(hands.after(1)),
        update_time: Some(hands.after(2)),
        complete_time: Some(hands.after(3)),
        delete_time: Some(hands.after(4)),
        ..Task::default()
    };
    expect(set_by_service.clone(), None, full).await;
    let names = [
        "id",
        "number",
        "status",
        "create_time",
        "update_time",
        "complete_time",
        "delete_time",
        "etag",
    ];
    expect(set_by_service.clone(), Some(&names), full).await;
    let values = Task { title: "New".to_owned(), ..set_by_service };
    let renamed = |hands: &Hands| Task { title: "New".to_owned(), ..full(hands) };
    expect(values, Some(&["status", "title", "number"]), renamed).await;
}

async fn only_fields_that_change_need_to_be_valid() {
    let too_long = Task { title: "x".repeat(201), ..other(&Hands::new()) };
    expect(too_long, Some(&["description"]), |hands| Task {
        description: other(hands).description,
        ..full(hands)
    })
    .await;
}

async fn a_wrong_mask_or_value_is_named_and_changes_nothing() {
    let app = App::start().await;
    let tasks = app.tasks_as("alice");
    let before = create_as(&tasks, full(&Hands::new())).await;
    let untitled = || Task { description: "New".to_owned(), ..Task::default() };
    let cases: [(Task, &[&str], &[&str]); 6] = [
        (other(&Hands::new()), &["title", "colour"], &["update_mask.paths[1]"]),
        (other(&Hands::new()), &["*", "title"], &["update_mask.paths[0]"]),
        (other(&Hands::new()), &["task.title"], &["update_mask.paths[0]"]),
        (
            other(&Hands::new()),
            &["labels.0", ""],
            &["update_mask.paths[0]", "update_mask.paths[1]"],
        ),
        (untitled(), &["title"], &["task.title"]),
        (untitled(), &["*"], &["task.title"]),
    ];
    for (values, mask, faults) in cases {
        let refusal = refused(update(&tasks, &before.id, values, Some(mask)).await);
        assert_eq!(fields(&refusal), faults, "mask {mask:?}");
    }
    assert_eq!(get(&tasks, &before.id).await, before);
}

database_tests! {
    tests:
        without_a_mask_the_fields_with_a_value_change,
        a_mask_changes_what_it_names_and_empties_what_has_no_value,
        a_star_replaces_every_field,
        labels_are_replaced_not_joined_and_each_is_kept_once,
        what_the_service_sets_is_ignored_with_a_mask_and_without,
        only_fields_that_change_need_to_be_valid,
        a_wrong_mask_or_value_is_named_and_changes_nothing;
}
