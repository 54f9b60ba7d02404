//! Two replicas on one database (PostgreSQL; on SQLite there is one process).

use std::time::Duration;

use futures::future::join_all;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tandem_clock::{Clock, ManualClock, Timestamp};
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

use super::change_history::{ChangeHistory, END, check_history};
use super::replica::{Replica, settings};
use super::retrying_client::{RetryingClient, Tasks, next};
use super::writer::{Step, create};

/// Retention of deleted tasks: 30 days.
const RETENTION: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Far less than the 15 s after which a watcher polls without a notification.
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

    /// A user's clients of both replicas.
    fn clients(&self, user: &str) -> [RetryingClient; 2] {
        let client =
            |it: &Replica| RetryingClient::new(self.issuer.token(user), it.channel.clone());
        let [one, other] = &self.replicas;
        [client(one), client(other)]
    }
}

#[tokio::test]
async fn changes_reach_the_other_replica() {
    let Some(pair) = Pair::start().await else { return };
    let [here, there] = pair.clients("alice");
    let watch = there.tasks().watch_tasks(WatchTasksRequest::default()).await;
    let mut events = watch.expect("a watch").into_inner();
    let whole = next(&mut events).await.expect("an event").event;
    assert!(matches!(whole, Some(Event::SnapshotCompleted(_))), "{whole:?}");
    // Several times: without a notification some would be late.
    for number in 1..=20 {
        create(&here, "a task").await;
        let received = timeout(SOON, next(&mut events)).await.expect("at once").expect("an event");
        let Some(Event::TaskChange(change)) = received.event else {
            panic!("a change: {received:?}")
        };
        assert_eq!(change.task.expect("a task").number, number);
    }
}

/// The next operation of a writer; the number selects one of its tasks.
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
fn watch_resumes_on_the_other_replica() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let Some(pair) = runtime.block_on(Pair::start()) else { return };
    let writers = prop::collection::vec(prop::collection::vec(step(), 1..12), 8);
    let config = Config { cases: 6, failure_persistence: None, ..Config::default() };
    let result = TestRunner::new(config).run(&writers, |writers| {
        runtime.block_on(compare_histories(&pair, writers));
        Ok(())
    });
    result.expect("equal histories");
}

/// Runs the writers and compares the histories of watchers on each replica and of one that alternates.
async fn compare_histories(pair: &Pair, writers: Vec<Vec<Next>>) {
    let clients = pair.clients(&Uuid::now_v7().to_string());
    let [one, other] = &clients;
    let mut begin = String::new();
    one.watch(&mut begin, |_| true).await;
    let write = async {
        let first = create(one, "the first").await;
        join_all(writers.into_iter().map(|steps| write(&clients, &first, steps))).await;
        create(other, END).await;
    };
    let ((), here, there, in_pieces) = join!(
        write,
        ChangeHistory::record(one, &begin),
        ChangeHistory::record(other, &begin),
        ChangeHistory::record_in_pieces(&clients, &begin),
    );
    assert_eq!(here, there);
    assert_eq!(here, in_pieces);
    check_history(one, &here).await;
}

/// Sends each step to both replicas at once with the same request id: it must have one effect and one
/// response.
async fn write(clients: &[RetryingClient; 2], first: &Task, steps: Vec<Next>) {
    let mut tasks = vec![Task { etag: String::new(), ..first.clone() }];
    for step in steps {
        let request_id = Uuid::now_v7().to_string();
        let [one, other] = clients
            .each_ref()
            .map(|client| perform(client.tasks(), &tasks, step, request_id.clone()));
        // A refusal is not stored: another writer may make the step possible before the second request.
        if let (Some(one), Some(other)) = join!(one, other) {
            assert_eq!(one, other, "{step:?}");
            if matches!(step, Next::Create) {
                tasks.push(Task { etag: String::new(), ..one });
            }
        }
    }
}

/// Performs one step; `None` if the task's state refuses it.
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
async fn one_of_concurrent_writers_wins() {
    let Some(pair) = Pair::start().await else { return };
    let clients = pair.clients("alice");
    let mut read = create(&clients[0], "read by eight").await;
    // Several times: at first the callers do not overlap, because connections are still being made.
    for _ in 0..20 {
        let callers = clients.iter().cycle().take(8);
        let answers = callers.map(|client| Step::Rename.send(client.tasks(), &read, String::new()));
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
async fn concurrent_purges_purge_once() {
    let Some(url) = postgres::database() else { return };
    let issuer = Issuer::new();
    let clock = ManualClock::new(Timestamp::from_secs(1_772_442_000));
    let start = || Replica::start(settings(&url, &issuer), clock.clock());
    let client = |it: &Replica| RetryingClient::new(issuer.token("alice"), it.channel.clone());

    let before = start().await;
    delete_hundred(&client(&before)).await;
    // A token after the deletions: from here on only purges are reported.
    let mut begin = String::new();
    client(&before).watch(&mut begin, |_| true).await;
    before.stop().await;

    // Each replica purges when it starts and is not stopped in the meantime.
    clock.advance(RETENTION + Duration::from_micros(1));
    let (one, other) = join!(start(), start());
    let mut history = ChangeHistory::default();
    client(&one)
        .watch(&mut begin.clone(), |event| {
            history.push(event);
            history.count(TaskChangeType::Purged) == 100
        })
        .await;
    join!(one.stop(), other.stop());

    let after = start().await;
    let client = client(&after);
    assert_eq!(create(&client, END).await.number, 101, "numbers are not reused");
    let all = ChangeHistory::record(&client, &begin).await;
    assert_eq!(all.count(TaskChangeType::Purged), 100, "no further purge events");
    assert_eq!(client.list().await.len(), 1);
}

async fn delete_hundred(client: &RetryingClient) {
    let task = Some(Task { title: "a task".to_owned(), ..Task::default() });
    let request = CreateTaskRequest { task, request_id: String::new() };
    let batch = BatchCreateTasksRequest { requests: vec![request; 100], request_id: String::new() };
    let created = client.tasks().batch_create_tasks(batch).await.expect("tasks").into_inner();
    let delete = |task: Task| async move {
        let request = DeleteTaskRequest { id: task.id, ..DeleteTaskRequest::default() };
        client.tasks().delete_task(request).await.expect("a deletion");
    };
    join_all(created.tasks.into_iter().map(delete)).await;
}
