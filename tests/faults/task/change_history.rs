//! The changes that a watcher received, and the state that they must result in.

use std::collections::BTreeMap;

use tandem_proto::task::watch_tasks_response::Event;
use tandem_proto::task::{Task, TaskChangeType, TaskStatus, WatchTasksResponse};

use super::retrying_client::RetryingClient;

/// The title of the task whose creation is the last change of a history.
pub(crate) const END: &str = "the end";

/// The changes that a watcher received, in order.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct ChangeHistory(Vec<(TaskChangeType, Task)>);

impl ChangeHistory {
    /// Records until the end, resuming whenever the stream ends. `token` must be from before the first write.
    pub(crate) async fn record(client: &RetryingClient, token: &str) -> Self {
        let (mut history, mut token) = (Self::default(), token.to_owned());
        while !client.watch(&mut token, |event| history.push(event)).await {}
        history
    }

    /// Records until the end, with a new stream for every event, on the clients in turn.
    pub(crate) async fn record_in_pieces(clients: &[RetryingClient], token: &str) -> Self {
        let (mut history, mut token) = (Self::default(), token.to_owned());
        for client in clients.iter().cycle() {
            let mut is_over = false;
            let cut = |event| {
                is_over = history.push(event);
                true
            };
            client.watch(&mut token, cut).await;
            if is_over {
                break;
            }
        }
        history
    }

    /// Adds an event; returns whether it is the last.
    pub(crate) fn push(&mut self, event: WatchTasksResponse) -> bool {
        match event.event.expect("an event") {
            Event::TaskChange(change) => {
                let kind = change.r#type();
                self.0.push((kind, change.task.expect("a task")));
            }
            Event::SnapshotTask(task) => panic!("the history begins without tasks: {task:?}"),
            Event::SnapshotCompleted(_) | Event::Heartbeat(_) => {}
        }
        self.0.last().is_some_and(|(_, task)| task.title == END)
    }

    /// The number of changes of one kind.
    pub(crate) fn count(&self, kind: TaskChangeType) -> usize {
        self.0.iter().filter(|(it, _)| *it == kind).count()
    }

    /// The tasks after all changes, by number. Fails if a change is missing, duplicated or out of order: each
    /// must be the next version of its task, beginning with the first.
    pub(crate) fn fold(&self) -> Vec<Task> {
        let mut tasks: BTreeMap<i64, Task> = BTreeMap::new();
        for (kind, task) in &self.0 {
            let before = tasks.get(&task.number).map_or(0, version);
            assert_eq!(version(task), before + 1, "{kind:?} {task:?}");
            assert_eq!(*kind == TaskChangeType::Created, before == 0, "{kind:?} {task:?}");
            tasks.insert(task.number, task.clone());
        }
        tasks.into_values().collect()
    }
}

/// Fails unless the tasks equal those of the history, are numbered without gaps and are counted correctly.
pub(crate) async fn check_history(client: &RetryingClient, history: &ChangeHistory) {
    let listed = client.list().await;
    assert_eq!(history.fold(), listed, "the history ends with the stored tasks");
    let numbers = listed.iter().map(|task| task.number);
    assert!(numbers.eq(1..=listed.len() as i64), "numbers have no gaps: {listed:?}");
    let count = |status| {
        let of_status = |task: &&Task| task.delete_time.is_none() && task.status() == status;
        listed.iter().filter(of_status).count() as i64
    };
    let summary = client.summary().await;
    let counts = (count(TaskStatus::Pending), count(TaskStatus::Completed));
    assert_eq!((summary.pending_count, summary.completed_count), counts);
}

/// The version of a task, from 1.
pub(crate) fn version(task: &Task) -> i64 {
    i64::from_str_radix(task.etag.trim_matches('"'), 16).expect("a version")
}
