//! Heartbeats, readers that stop, and the longest time of a watch.

use std::time::Duration;

use tandem_config::HumanDuration;
use tandem_proto::task::{
    BatchCreateTasksRequest, CompleteTaskRequest, CreateTaskRequest, Task, WatchTasksRequest,
    WatchTasksResponse,
};
use tandem_test_support::http2::{DEFAULT_WINDOW, Http2Client, MAX_WINDOW, Windows};
use tandem_test_support::process::within;
use tonic::{Code, Streaming};

use super::{create, describe, next, reason, resume_token, watch};
use crate::support::app::{App, Start};

const WATCH: &str = "/tandem.task.v1.TaskService/WatchTasks";

/// Heartbeats come as often as readers are given up, so that the heartbeats of one watch measure the time of another.
const INTERVAL: HumanDuration = HumanDuration::from_millis(200);

async fn start() -> App {
    let task = |settings: &mut tandem_task::Settings| {
        settings.watch.heartbeat_interval = INTERVAL;
        settings.streams.reader_timeout = INTERVAL;
    };
    App::start_with(Start { task, ..Start::default() }).await
}

async fn read_heartbeats(events: &mut Streaming<WatchTasksResponse>, count: usize) {
    for _ in 0..count {
        assert_eq!(describe(&next(events).await), "heartbeat");
    }
}

/// Creates tasks that fill the windows and the buffers of a stream.
async fn create_long_list(app: &App, user: &str) -> usize {
    let description = "x".repeat(10_000);
    let task = Task { title: "a long task".to_owned(), description, ..Task::default() };
    let request = CreateTaskRequest { task: Some(task), ..CreateTaskRequest::default() };
    let requests = vec![request; 90];
    let request = BatchCreateTasksRequest { requests, ..BatchCreateTasksRequest::default() };
    app.tasks_as(user).batch_create_tasks(request).await.expect("tasks").into_inner().tasks.len()
}

async fn idle_watch_has_heartbeats() {
    let app = start().await;
    let mut events = watch(&app, "alice", "").await;
    assert_eq!(describe(&next(&mut events).await), "whole");
    read_heartbeats(&mut events, 3).await;
    create(&app, "alice", "a").await;
    while describe(&next(&mut events).await) == "heartbeat" {}
    read_heartbeats(&mut events, 1).await;
}

async fn notifications_without_events_delay_no_heartbeat() {
    let app = start().await;
    let task = create(&app, "alice", "a").await;
    let complete = CompleteTaskRequest { id: task.id, ..CompleteTaskRequest::default() };
    let mut tasks = app.tasks_as("alice");
    tasks.complete_task(complete.clone()).await.expect("a completion");
    let mut events = watch(&app, "alice", "").await;
    while describe(&next(&mut events).await) != "whole" {}
    // The task is completed already: nothing changes, and watchers are notified.
    let notify = async {
        loop {
            tasks.complete_task(complete.clone()).await.expect("no change");
        }
    };
    let read = within(Duration::from_secs(10), "heartbeats", read_heartbeats(&mut events, 3));
    tokio::select! {
        () = read => {}
        () = notify => {}
    }
}

async fn reader_that_stops_is_given_up_and_can_resume() {
    let app = start().await;
    let count = create_long_list(&app, "alice").await;
    let client = Http2Client::connect(app.task_address, Windows::per_call(DEFAULT_WINDOW)).await;
    let token = app.issuer.token("alice");
    let mut unread = client.call(WATCH, &token, &WatchTasksRequest::default()).await;
    assert!(unread.begins().await);
    // Several times as long as the reader may take nothing.
    let mut clock = watch(&app, "bob", "").await;
    assert_eq!(describe(&next(&mut clock).await), "whole");
    read_heartbeats(&mut clock, 8).await;

    client.set_call_window(MAX_WINDOW);
    let mut seen = Vec::new();
    while let Some(event) = unread.message::<WatchTasksResponse>().await {
        seen.push(event);
    }
    let status = unread.end().await.status();
    assert_eq!(
        (status.code(), reason(&status).as_str()),
        (Code::ResourceExhausted, "READER_TOO_SLOW")
    );
    assert!(seen.len() < count, "{} events were kept for a reader that stopped", seen.len());
    let last = seen.last().expect("what fits into the window").resume_token.clone();
    assert_eq!(resume_token(&status), last);
    let mut resumed = watch(&app, "alice", &last).await;
    while seen.len() < count + 1 {
        seen.push(next(&mut resumed).await);
    }
    let numbers = (1..=count).map(|number| format!("snapshot {number} a long task"));
    let expected = numbers.chain(["whole".to_owned()]).collect::<Vec<_>>();
    assert_eq!(seen.iter().map(describe).collect::<Vec<_>>(), expected);
}

async fn longest_watch_ends_with_its_place() {
    let task = |settings: &mut tandem_task::Settings| settings.watch.max_duration = INTERVAL;
    let app = App::start_with(Start { task, ..Start::default() }).await;
    let mut events = watch(&app, "alice", "").await;
    let whole = next(&mut events).await;
    let status = events.message().await.expect_err("its time is over");
    // The token is still valid: it has not expired.
    assert_eq!(
        (status.code(), reason(&status).as_str()),
        (Code::DeadlineExceeded, "DEADLINE_EXCEEDED")
    );
    assert_eq!(resume_token(&status), whole.resume_token);
    create(&app, "alice", "meanwhile").await;
    let mut resumed = watch(&app, "alice", &whole.resume_token).await;
    assert_eq!(describe(&next(&mut resumed).await), "CREATED 1 meanwhile");
}

database_tests! {
    tests:
        idle_watch_has_heartbeats,
        notifications_without_events_delay_no_heartbeat,
        reader_that_stops_is_given_up_and_can_resume,
        longest_watch_ends_with_its_place;
}
