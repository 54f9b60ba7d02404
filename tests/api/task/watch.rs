//! `WatchTasks`: the snapshot, every change once and in order, and resuming after an interruption.

mod concurrent_writers;
mod readers;

use tandem_config::HumanDuration;
use tandem_proto::task::watch_tasks_response::Event;
use tandem_proto::task::{
    BatchCreateTasksRequest, CompleteTaskRequest, CreateTaskRequest, DeleteTaskRequest,
    ReopenTaskRequest, Task, TaskChangeType, UndeleteTaskRequest, UpdateTaskRequest,
    WatchTasksRequest, WatchTasksResponse,
};
use tonic::{Code, Status, Streaming};
use tonic_types::StatusExt as _;

use crate::support::app::{App, Start};
use crate::support::manual_clock::ManualClock;

/// Seconds in a day.
const DAY: u64 = 24 * 60 * 60;

/// An event in short form, without its token: `snapshot 1 a`, `whole`, `CREATED 2 b`.
fn describe(event: &WatchTasksResponse) -> String {
    match event.event.as_ref().expect("an event") {
        Event::SnapshotTask(task) => format!("snapshot {} {}", task.number, task.title),
        Event::SnapshotCompleted(_) => "whole".to_owned(),
        Event::TaskChange(change) => {
            let task = change.task.clone().unwrap_or_default();
            let kind = change.r#type().as_str_name().trim_start_matches("TYPE_");
            format!("{kind} {} {}", task.number, task.title).trim().to_owned()
        }
        Event::Heartbeat(_) => "heartbeat".to_owned(),
    }
}

async fn watch(app: &App, user: &str, resume_token: &str) -> Streaming<WatchTasksResponse> {
    let request = WatchTasksRequest { resume_token: resume_token.to_owned() };
    app.tasks_as(user).watch_tasks(request).await.expect("a watch").into_inner()
}

async fn next(events: &mut Streaming<WatchTasksResponse>) -> WatchTasksResponse {
    events.message().await.expect("no error").expect("no end")
}

async fn read(events: &mut Streaming<WatchTasksResponse>, count: usize) -> Vec<WatchTasksResponse> {
    let mut read = Vec::new();
    while read.len() < count {
        read.push(next(events).await);
    }
    read
}

async fn create(app: &App, user: &str, title: &str) -> Task {
    let task = Some(Task { title: title.to_owned(), ..Task::default() });
    let request = CreateTaskRequest { task, ..CreateTaskRequest::default() };
    app.tasks_as(user).create_task(request).await.expect("a task").into_inner()
}

async fn delete(app: &App, user: &str, id: &str) {
    let request = DeleteTaskRequest { id: id.to_owned(), ..DeleteTaskRequest::default() };
    app.tasks_as(user).delete_task(request).await.expect("a deletion");
}

/// Makes every kind of change to a task.
async fn make_all_changes(app: &App, user: &str) {
    let mut tasks = app.tasks_as(user);
    let task = create(app, user, "a").await;
    let id = task.id.clone();
    let renamed = Some(Task { title: "b".to_owned(), ..task });
    let update = UpdateTaskRequest {
        task: renamed.map(|task| Task { etag: String::new(), ..task }),
        ..UpdateTaskRequest::default()
    };
    tasks.update_task(update).await.expect("an update");
    let complete = CompleteTaskRequest { id: id.clone(), ..Default::default() };
    // The second completion changes nothing and produces no event.
    tasks.complete_task(complete.clone()).await.expect("a completion");
    tasks.complete_task(complete).await.expect("a completion");
    let reopen = ReopenTaskRequest { id: id.clone(), ..Default::default() };
    tasks.reopen_task(reopen).await.expect("a reopening");
    delete(app, user, &id).await;
    let undelete = UndeleteTaskRequest { id, ..Default::default() };
    tasks.undelete_task(undelete).await.expect("a restored resource");
}

const ALL_CHANGES: [&str; 6] =
    ["CREATED 2 a", "UPDATED 2 b", "COMPLETED 2 b", "REOPENED 2 b", "DELETED 2 b", "UNDELETED 2 b"];

async fn snapshot_then_each_change_once() {
    let app = App::start().await;
    create(&app, "alice", "old").await;
    let gone = create(&app, "bob", "of somebody else").await;
    delete(&app, "bob", &gone.id).await;
    let mut events = watch(&app, "alice", "").await;
    let snapshot = read(&mut events, 2).await;
    assert_eq!(snapshot.iter().map(describe).collect::<Vec<_>>(), ["snapshot 1 old", "whole"]);
    make_all_changes(&app, "alice").await;
    let changes = read(&mut events, ALL_CHANGES.len()).await;
    assert_eq!(changes.iter().map(describe).collect::<Vec<_>>(), ALL_CHANGES, "{changes:?}");
    // Bob's snapshot is empty: his only task is deleted, and Alice's are not his.
    assert_eq!(describe(&next(&mut watch(&app, "bob", "").await).await), "whole");
}

async fn watch_resumes_after_any_event() {
    let app = App::start().await;
    create(&app, "alice", "old").await;
    let whole = {
        let mut events = watch(&app, "alice", "").await;
        let mut whole = read(&mut events, 2).await;
        make_all_changes(&app, "alice").await;
        whole.extend(read(&mut events, ALL_CHANGES.len()).await);
        whole
    };
    for cut in 1..whole.len() {
        let mut resumed = watch(&app, "alice", &whole[cut - 1].resume_token).await;
        let rest = read(&mut resumed, whole.len() - cut).await;
        let (rest, expected) = (rest.iter().map(describe), whole[cut..].iter().map(describe));
        // Tasks that changed after the snapshot began are delivered with their changes.
        assert_eq!(rest.collect::<Vec<_>>(), expected.collect::<Vec<_>>(), "cut after {cut}");
    }
}

async fn batches_are_sent_task_by_task() {
    let app = App::start().await;
    let mut events = watch(&app, "alice", "").await;
    assert_eq!(describe(&next(&mut events).await), "whole");
    let request = |title: &str| CreateTaskRequest {
        task: Some(Task { title: title.to_owned(), ..Task::default() }),
        ..CreateTaskRequest::default()
    };
    let batch = |titles: &[&str]| BatchCreateTasksRequest {
        requests: titles.iter().map(|title| request(title)).collect(),
        ..BatchCreateTasksRequest::default()
    };
    let refused = app.tasks_as("alice").batch_create_tasks(batch(&["good", " "])).await;
    assert_eq!(refused.expect_err("a blank title").code(), Code::InvalidArgument);
    let answer = app.tasks_as("alice").batch_create_tasks(batch(&["x", "y", "z"])).await;
    let numbers = answer.expect("tasks").into_inner().tasks.into_iter().map(|task| task.number);
    assert_eq!(numbers.collect::<Vec<_>>(), [1, 2, 3]);
    let changes = read(&mut events, 3).await;
    let changes = changes.iter().map(describe).collect::<Vec<_>>();
    assert_eq!(changes, ["CREATED 1 x", "CREATED 2 y", "CREATED 3 z"]);
}

async fn purge_is_reported_after_30_days() {
    let clock = ManualClock::new();
    let task = |settings: &mut tandem_task::Settings| {
        settings.purge.interval = HumanDuration::from_secs(1)
    };
    let app = App::start_with(Start { clock: clock.clock(), task, ..Start::default() }).await;
    let secret = create(&app, "alice", "secret").await;
    let mut events = watch(&app, "alice", "").await;
    read(&mut events, 2).await;
    delete(&app, "alice", &secret.id).await;
    let deleted = next(&mut events).await;
    assert_eq!(describe(&deleted), "DELETED 1 secret");
    clock.advance(30 * DAY + 1);
    let purged = next(&mut events).await;
    let Some(Event::TaskChange(change)) = &purged.event else { panic!("a change: {purged:?}") };
    assert_eq!(change.r#type(), TaskChangeType::Purged);
    let only_named = Task { id: secret.id, number: 1, ..Task::default() };
    assert_eq!(change.task.as_ref(), Some(&only_named));
    // A week later the change log is purged up to this point: older tokens are refused.
    clock.advance(8 * DAY);
    let status = loop {
        let request = WatchTasksRequest { resume_token: deleted.resume_token.clone() };
        if let Err(status) = app.tasks_as("alice").watch_tasks(request).await {
            break status;
        }
    };
    assert_eq!((status.code(), reason(&status)), (Code::OutOfRange, "RESUME_TOKEN_EXPIRED".into()));
    // Numbers are not reused.
    assert_eq!(create(&app, "alice", "new").await.number, 2);
}

async fn foreign_tokens_are_refused() {
    let app = App::start().await;
    let event = next(&mut watch(&app, "alice", "").await).await;
    for token in [event.resume_token.as_str(), "garbage", "AAAAAAAAAAA"] {
        let request = WatchTasksRequest { resume_token: token.to_owned() };
        let status = app.tasks_as("bob").watch_tasks(request).await.expect_err("not Bob's");
        let fields = status.get_details_bad_request().expect("fields").field_violations;
        assert_eq!(
            (status.code(), fields[0].field.as_str()),
            (Code::InvalidArgument, "resume_token")
        );
    }
}

async fn watch_ends_when_its_token_expires() {
    let app = App::start().await;
    let old = app.issuer.about_to_expire("alice");
    let request = WatchTasksRequest::default();
    let mut events =
        app.tasks_by(old).watch_tasks(request).await.expect("still accepted").into_inner();
    assert_eq!(describe(&next(&mut events).await), "whole");
    let status = events.message().await.expect_err("the token expires");
    assert_eq!((status.code(), reason(&status)), (Code::Unauthenticated, "TOKEN_EXPIRED".into()));
    create(&app, "alice", "meanwhile").await;
    let mut resumed = watch(&app, "alice", &resume_token(&status)).await;
    assert_eq!(describe(&next(&mut resumed).await), "CREATED 1 meanwhile");
}

async fn shutdown_returns_a_resume_token() {
    let app = App::start().await;
    create(&app, "alice", "a").await;
    let mut events = watch(&app, "alice", "").await;
    let last = read(&mut events, 2).await.pop().expect("two events");
    app.stop().await;
    let status = events.message().await.expect_err("the server stops");
    assert_eq!((status.code(), reason(&status)), (Code::Unavailable, "SHUTTING_DOWN".into()));
    assert_eq!(resume_token(&status), last.resume_token);
}

fn reason(status: &Status) -> String {
    status.get_details_error_info().expect("an ErrorInfo").reason
}

fn resume_token(status: &Status) -> String {
    status.get_details_error_info().expect("an ErrorInfo").metadata["resume_token"].clone()
}

database_tests! {
    modules:
        concurrent_writers, readers;
    tests:
        snapshot_then_each_change_once,
        watch_resumes_after_any_event,
        batches_are_sent_task_by_task,
        purge_is_reported_after_30_days,
        foreign_tokens_are_refused,
        watch_ends_when_its_token_expires,
        shutdown_returns_a_resume_token;
}
