//! `UpdateTask`: which fields change (AIP-134, AIP-161).

use futures::future::join_all;
use prost_types::FieldMask;
use tandem_proto::task::{Priority, Task, TaskStatus, UpdateTaskRequest};
use tonic::{Response, Status};

use crate::support::app::{App, Start};
use crate::support::manual_clock::ManualClock;
use crate::support::refusal::{fields, refused};
use crate::support::tasks::{Tasks, create_as, get};

/// A task with a value in every field.
fn full(clock: &ManualClock) -> Task {
    Task {
        title: "Title".to_owned(),
        description: "Description".to_owned(),
        priority: Priority::Low.into(),
        due_time: Some(clock.after(3600)),
        labels: vec!["one".to_owned(), "two".to_owned()],
        ..Task::default()
    }
}

/// Other values in every field.
fn other(clock: &ManualClock) -> Task {
    Task {
        title: "Other title".to_owned(),
        description: "Other description".to_owned(),
        priority: Priority::High.into(),
        due_time: Some(clock.after(7200)),
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

/// Updates a task that is `full` and checks that it becomes `expected`, in a new version unless nothing
/// changed.
async fn expect(values: Task, mask: Option<&[&str]>, expected: impl FnOnce(&ManualClock) -> Task) {
    let clock = ManualClock::new();
    let app = App::start_with(Start { clock: clock.clock(), ..Start::default() }).await;
    let tasks = app.tasks_as("alice");
    let before = create_as(&tasks, full(&clock)).await;
    let expected = expected(&clock);
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

async fn without_mask_set_fields_change() {
    let title = || Task { title: "New".to_owned(), ..Task::default() };
    let renamed = |clock: &ManualClock| Task { title: "New".to_owned(), ..full(clock) };
    expect(title(), None, renamed).await;
    expect(title(), Some(&[]), renamed).await;
    expect(other(&ManualClock::new()), None, other).await;
    expect(Task::default(), None, full).await;
}

async fn mask_selects_and_clears_fields() {
    let all = || other(&ManualClock::new());
    let from_other = |clock: &ManualClock| Task {
        title: other(clock).title,
        priority: other(clock).priority,
        ..full(clock)
    };
    expect(all(), Some(&["title", "priority"]), from_other).await;
    expect(Task::default(), Some(&["description", "due_time"]), |clock| Task {
        description: String::new(),
        due_time: None,
        ..full(clock)
    })
    .await;
    expect(Task::default(), Some(&["priority", "labels"]), |clock| Task {
        priority: Priority::Unspecified.into(),
        labels: Vec::new(),
        ..full(clock)
    })
    .await;
}

async fn star_replaces_every_field() {
    expect(other(&ManualClock::new()), Some(&["*"]), other).await;
    let only_title = || Task { title: "New".to_owned(), ..Task::default() };
    expect(only_title(), Some(&["*"]), |_| only_title()).await;
}

async fn labels_are_replaced_and_unique() {
    let labels = |labels: [&str; 3]| labels.map(str::to_owned).to_vec();
    let values = Task { labels: labels(["two", "three", "two"]), ..Task::default() };
    expect(values, Some(&["labels"]), |clock| Task {
        labels: vec!["two".to_owned(), "three".to_owned()],
        ..full(clock)
    })
    .await;
}

async fn output_only_fields_are_ignored() {
    let clock = ManualClock::new();
    let set_by_service = Task {
        number: 77,
        status: TaskStatus::Completed.into(),
        create_time: Some(clock.after(1)),
        update_time: Some(clock.after(2)),
        complete_time: Some(clock.after(3)),
        delete_time: Some(clock.after(4)),
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
    let renamed = |clock: &ManualClock| Task { title: "New".to_owned(), ..full(clock) };
    expect(values, Some(&["status", "title", "number"]), renamed).await;
}

async fn only_changed_fields_are_validated() {
    let too_long = Task { title: "x".repeat(201), ..other(&ManualClock::new()) };
    expect(too_long, Some(&["description"]), |clock| Task {
        description: other(clock).description,
        ..full(clock)
    })
    .await;
}

async fn wrong_masks_and_values_are_named() {
    let app = App::start().await;
    let tasks = app.tasks_as("alice");
    let before = create_as(&tasks, full(&ManualClock::new())).await;
    let untitled = || Task { description: "New".to_owned(), ..Task::default() };
    let cases: [(Task, &[&str], &[&str]); 6] = [
        (other(&ManualClock::new()), &["title", "colour"], &["update_mask.paths[1]"]),
        (other(&ManualClock::new()), &["*", "title"], &["update_mask.paths[0]"]),
        (other(&ManualClock::new()), &["task.title"], &["update_mask.paths[0]"]),
        (
            other(&ManualClock::new()),
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

async fn changes_labels(
    tasks: &Tasks,
    id: &str,
    request_id: &str,
    (add, remove): (&[&str], &[&str]),
) -> Result<Response<Task>, Status> {
    let labels = |labels: &[&str]| labels.iter().map(|&label| label.to_owned()).collect();
    let request = UpdateTaskRequest {
        task: Some(Task { id: id.to_owned(), ..Task::default() }),
        request_id: request_id.to_owned(),
        add_labels: labels(add),
        remove_labels: labels(remove),
        ..Default::default()
    };
    tasks.clone().update_task(request).await
}

async fn no_concurrent_label_is_lost() {
    let app = App::start().await;
    let tasks = app.tasks_as("alice");
    let task = create_as(&tasks, full(&ManualClock::new())).await;
    let labels = (0..18).map(|number| format!("label {number}")).collect::<Vec<_>>();
    let add = labels.iter().map(async |label| {
        changes_labels(&tasks, &task.id, "", (&[label], &[])).await.expect("a change")
    });
    join_all(add).await;
    let mut after = get(&tasks, &task.id).await.labels;
    after.sort();
    let mut expected = [labels, task.labels].concat();
    expected.sort();
    assert_eq!(after, expected);

    let full = changes_labels(&tasks, &task.id, "", (&["one more"], &[])).await;
    assert_eq!(fields(&refused(full)), ["add_labels"]);
}

async fn repeated_label_change_is_the_same() {
    let app = App::start().await;
    let tasks = app.tasks_as("alice");
    let task = create_as(&tasks, full(&ManualClock::new())).await;
    let change = (&["three", "two"][..], &["one", "none"][..]);
    let first = changes_labels(&tasks, &task.id, "once", change).await.expect("a change");
    assert_eq!(first.get_ref().labels, ["two", "three"]);
    changes_labels(&tasks, &task.id, "", (&["four"], &[])).await.expect("a change");
    let again = changes_labels(&tasks, &task.id, "once", change).await.expect("the same");
    assert_eq!(again.get_ref(), first.get_ref());
    assert_eq!(get(&tasks, &task.id).await.labels, ["two", "three", "four"]);
}

async fn contradicting_label_changes_are_refused() {
    let app = App::start().await;
    let tasks = app.tasks_as("alice");
    let task = create_as(&tasks, full(&ManualClock::new())).await;
    let both = changes_labels(&tasks, &task.id, "", (&["new"], &[" new"])).await;
    assert_eq!(fields(&refused(both)), ["add_labels"]);
    let blank = changes_labels(&tasks, &task.id, "", (&[], &[" "])).await;
    assert_eq!(fields(&refused(blank)), ["remove_labels[0]"]);
    let request = UpdateTaskRequest {
        task: Some(task.clone()),
        update_mask: Some(FieldMask { paths: vec!["labels".to_owned()] }),
        remove_labels: vec!["one".to_owned()],
        ..Default::default()
    };
    let refusal = refused(tasks.clone().update_task(request).await);
    assert_eq!(fields(&refusal), ["remove_labels"]);
    assert_eq!(get(&tasks, &task.id).await, task);
}

database_tests! {
    tests:
        no_concurrent_label_is_lost,
        repeated_label_change_is_the_same,
        contradicting_label_changes_are_refused,
        without_mask_set_fields_change,
        mask_selects_and_clears_fields,
        star_replaces_every_field,
        labels_are_replaced_and_unique,
        output_only_fields_are_ignored,
        only_changed_fields_are_validated,
        wrong_masks_and_values_are_named;
}
