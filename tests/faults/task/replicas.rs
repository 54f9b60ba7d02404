//! Two replicas on one database (PostgreSQL; on SQLite there is one process).

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use futures::future::join_all;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tandem_clock::{Clock, Timestamp};
use tandem_proto::task::watch_tasks_response::Event;
use tandem_proto::task::{
    BatchCreateTasksRequest, CreateTaskRequest, DeleteTaskRequest, Task, TaskChangeType,
    WatchTasksRequest,
};
use tandem_test_support::{Issuer, postgres};
use tokio::join;
use tokio::time::timeout;
use tonic::Code;
use tonic_types::StatusExt as _;
use uuid::Uuid;

use super::change_history::{END, Story, check};
use super::line::{Line, Tasks, next};
use super::replica::{Replica, settings};
use super::writer::{Step, create};

/// Microseconds in 30 days: how long a deleted task is kept.
const KEPT: i64 = 30 * 24 * 60 * 60 * 1_000_000;

/// Far less than the time after which a watcher that nobody woke looks by itself: 15 s.
const SOON: Duration = Duration::from_secs(5);

/// Two replicas on a new database.
struct Pair {
    issuer: Issuer,
    replicas: [Replica; 2],
}

impl Pair {
    async fn start() -> Option<Self> {
        let (url, issuer) = (postgres::database()?, Issuer::new());
        let start = || Replica::start(settings(&url, &issuer), Clock::system());
        let (one, other) = join!(start(), start());
        Some(Self { issuer, replicas: [one, other] })
    }

    /// A user's lines to both.
    fn lines(&self, user: &str) -> [Line; 2] {
        let line = |it: &Replica| Line::new(self.issuer.token(user), it.channel.clone());
        let [one, other] = &self.replicas;
        [line(one), line(other)]
    }
}

#[tokio::test]
async fn a_change_on_one_replica_is_heard_on_the_other_at_once() {
    let Some(pair) = Pair::start().await else { return };
    let [here, there] = pair.lines("alice");
    let watch = there.tasks().watch_tasks(WatchTasksRequest::default()).await;
    let mut events = watch.expect("a watch").into_inner();
    let whole = next(&mut events).await.expect("an event").event;
    assert!(matches!(whole, Some(Event::SnapshotCompleted(_))), "{whole:?}");
    // Many times: without a call from the other replica one of them would be late.
    for number in 1..=20 {
        create(&here, "a task").await;
        let heard = timeout(SOON, next(&mut events)).await.expect("at once").expect("an event");
        let Some(Event::TaskChange(change)) = heard.event else { panic!("a change: {heard:?}") };
        assert_eq!(change.task.expect("a task").number, number);
    }
}

/// What a writer does next: creates a task, or something to one that is there.
#[derive(Debug, Clone, Copy)]
enum Next {
    Create,
    Change(Step, usize),
}

fn step() -> impl Strategy<Value = Next> {
    let steps = [Step::Rename, Step::Complete, Step::Reopen, Step::Delete, Step::Undelete];
    let change = (prop::sample::select(steps.to_vec()), any::<usize>());
    prop_oneof![
        1 => Just(Next::Create),
        5 => change.prop_map(|(step, place)| Next::Change(step, place)),
    ]
}

#[test]
fn a_watch_cut_at_every_event_and_resumed_on_the_other_replica_hears_the_same() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let Some(pair) = runtime.block_on(Pair::start()) else { return };
    let writers = prop::collection::vec(prop::collection::vec(step(), 1..12), 8);
    let config = Config { cases: 6, failure_persistence: None, ..Config::default() };
    let told = TestRunner::new(config).run(&writers, |writers| {
        runtime.block_on(tell(&pair, writers));
        Ok(())
    });
    told.expect("one story");
}

/// Lets the writers write, and compares what watchers of both replicas hear, and one of either.
async fn tell(pair: &Pair, writers: Vec<Vec<Next>>) {
    let lines = pair.lines(&Uuid::now_v7().to_string());
    let [one, other] = &lines;
    let mut begin = String::new();
    one.watch(&mut begin, |_| true).await;
    let write = async {
        let first = create(one, "the first").await;
        join_all(writers.into_iter().map(|steps| write(&lines, &first, steps))).await;
        create(other, END).await;
    };
    let ((), here, there, in_pieces) = join!(
        write,
        Story::listen(one, &begin),
        Story::listen(other, &begin),
        Story::listen_in_pieces(&lines, &begin),
    );
    assert_eq!(here, there);
    assert_eq!(here, in_pieces);
    check(one, &here).await;
}

/// Asks both replicas for each step at once, with one request id: it must have one effect and one
/// answer.
async fn write(lines: &[Line; 2], first: &Task, steps: Vec<Next>) {
    let mut tasks = vec![Task { etag: String::new(), ..first.clone() }];
    for step in steps {
        let request_id = Uuid::now_v7().to_string();
        let [one, other] =
            lines.each_ref().map(|line| perform(line.tasks(), &tasks, step, request_id.clone()));
        // A refusal is not kept: another writer may make it possible before it is asked again.
        if let (Some(one), Some(other)) = join!(one, other) {
            assert_eq!(one, other, "{step:?}");
            if matches!(step, Next::Create) {
                tasks.push(Task { etag: String::new(), ..one });
            }
        }
    }
}

/// One step; `None` where the task's state refuses it.
async fn perform(
    mut client: Tasks,
    tasks: &[Task],
    step: Next,
    request_id: String,
) -> Option<Task> {
    let answer = match step {
        Next::Create => {
            let task = Some(Task { title: "a task".to_owned(), ..Task::default() });
            client.create_task(CreateTaskRequest { task, request_id }).await
        }
        Next::Change(step, place) => {
            step.send(client, &tasks[place % tasks.len()], request_id).await
        }
    };
    match answer {
        Ok(task) => Some(task.into_inner()),
        Err(status) if status.code() == Code::FailedPrecondition => None,
        Err(status) => panic!("{step:?}: {status:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_callers_of_both_replicas_with_the_same_etag_exactly_one_wins() {
    let Some(pair) = Pair::start().await else { return };
    let lines = pair.lines("alice");
    let mut read = create(&lines[0], "read by eight").await;
    // Many times: the first callers do not meet, because connections are still made for them.
    for _ in 0..20 {
        let callers = lines.iter().cycle().take(8);
        let answers = callers.map(|line| Step::Rename.send(line.tasks(), &read, String::new()));
        let (won, lost): (Vec<_>, Vec<_>) =
            join_all(answers).await.into_iter().partition(Result::is_ok);
        let [Ok(won)] = &won[..] else { panic!("one winner: {won:?}") };
        for status in lost.into_iter().filter_map(Result::err) {
            let info = status.get_details_error_info().expect("an ErrorInfo");
            assert_eq!((status.code(), info.reason.as_str()), (Code::Aborted, "ETAG_MISMATCH"));
            assert_eq!(info.metadata["etag"], won.get_ref().etag);
        }
        read = won.get_ref().clone();
    }
}

#[tokio::test]
async fn two_replicas_that_purge_at_once_purge_each_task_once() {
    let Some(url) = postgres::database() else { return };
    let issuer = Issuer::new();
    let now = Arc::new(AtomicI64::new(1_772_442_000_000_000));
    let time = Arc::clone(&now);
    let clock = Clock::from_fn(move || Timestamp::from_micros(time.load(Ordering::SeqCst)));
    let start = || Replica::start(settings(&url, &issuer), clock.clone());
    let line = |it: &Replica| Line::new(issuer.token("alice"), it.channel.clone());

    let before = start().await;
    delete_hundred(&line(&before)).await;
    // Behind the deletions: what is told from here on is told of the purge.
    let mut begin = String::new();
    line(&before).watch(&mut begin, |_| true).await;
    before.stop().await;

    // Each purges as it starts, and does not stop in between.
    now.fetch_add(KEPT + 1, Ordering::SeqCst);
    let (one, other) = join!(start(), start());
    let mut story = Story::default();
    line(&one)
        .watch(&mut begin.clone(), |event| {
            story.hear(event);
            story.count(TaskChangeType::Purged) == 100
        })
        .await;
    join!(one.stop(), other.stop());

    let after = start().await;
    let line = line(&after);
    assert_eq!(create(&line, END).await.number, 101, "numbers are not given again");
    let all = Story::listen(&line, &begin).await;
    assert_eq!(all.count(TaskChangeType::Purged), 100, "and not one more until the end");
    assert_eq!(line.list().await.len(), 1);
}

async fn delete_hundred(line: &Line) {
    let task = Some(Task { title: "a task".to_owned(), ..Task::default() });
    let request = CreateTaskRequest { task, request_id: String::new() };
    let batch = BatchCreateTasksRequest { requests: vec![request; 100], request_id: String::new() };
    let created = line.tasks().batch_create_tasks(batch).await.expect("tasks").into_inner();
    let delete = |task: Task| async move {
        let request = DeleteTaskRequest { id: task.id, ..DeleteTaskRequest::default() };
        line.tasks().delete_task(request).await.expect("a deletion");
    };
    join_all(created.tasks.into_iter().map(delete)).await;
}
