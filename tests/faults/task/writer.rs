//! A writer that repeats calls until they are acknowledged and returns the expected state.

use tandem_proto::task::{
    CompleteTaskRequest, CreateTaskRequest, DeleteTaskRequest, GetTaskRequest, ReopenTaskRequest,
    Task, TaskStatus, UndeleteTaskRequest, UpdateTaskRequest,
};
use tokio_util::sync::CancellationToken;
use tonic::{Response, Status};
use uuid::Uuid;

use super::change_history::{END, version};
use super::retrying_client::{RetryingClient, Tasks};

/// A write to a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Rename,
    Complete,
    Reopen,
    Delete,
    Undelete,
}

/// Sequences of writes to one task.
const SEQUENCES: [&[Step]; 3] = [
    &[Step::Rename, Step::Complete],
    &[Step::Complete, Step::Reopen, Step::Rename],
    &[Step::Complete, Step::Delete, Step::Undelete, Step::Delete],
];

/// Applies one sequence after another until `stop`; returns the tasks as last acknowledged.
pub(crate) async fn write(
    client: &RetryingClient,
    name: usize,
    stop: &CancellationToken,
) -> Vec<Task> {
    let mut written = Vec::new();
    while !stop.is_cancelled() {
        let title = format!("task {} of writer {name}", written.len());
        let mut task = create(client, &title).await;
        assert_eq!((version(&task), task.title.as_str()), (1, title.as_str()));
        for step in SEQUENCES[(name + written.len()) % SEQUENCES.len()] {
            // Only this writer changes the task: the etag is current unless a write was applied twice.
            let after = step.apply(client, &task).await;
            step.check(&task, &after);
            task = after;
        }
        let request = GetTaskRequest { id: task.id.clone() };
        let read =
            client.call(async |mut tasks: Tasks| tasks.get_task(request.clone()).await).await;
        assert_eq!(read, task, "an acknowledged write is visible");
        client.summary().await;
        written.push(task);
    }
    written
}

/// Creates a task exactly once.
pub(crate) async fn create(client: &RetryingClient, title: &str) -> Task {
    let task = Some(Task { title: title.to_owned(), ..Task::default() });
    let request = CreateTaskRequest { task, request_id: Uuid::now_v7().to_string() };
    client.call(async |mut tasks: Tasks| tasks.create_task(request.clone()).await).await
}

/// Fails unless the tasks are the acknowledged ones and the final one.
pub(crate) async fn check_written(client: &RetryingClient, mut written: Vec<Task>) {
    let mut listed = client.list().await;
    assert_eq!(listed.pop().expect("the final task").title, END);
    written.sort_by_key(|task| task.number);
    assert_eq!(listed, written);
}

impl Step {
    /// Applies this to the given version of the task, exactly once.
    async fn apply(self, client: &RetryingClient, task: &Task) -> Task {
        let request_id = Uuid::now_v7().to_string();
        client.call(async |tasks| self.send(tasks, task, request_id.clone()).await).await
    }

    /// Sends the request once.
    pub(crate) async fn send(
        self,
        mut tasks: Tasks,
        task: &Task,
        request_id: String,
    ) -> Result<Response<Task>, Status> {
        let Task { id, etag, .. } = task.clone();
        match self {
            Self::Rename => {
                let title = format!("{}.", task.title);
                let task = Some(Task { id, etag, title, ..Task::default() });
                tasks
                    .update_task(UpdateTaskRequest { task, request_id, ..Default::default() })
                    .await
            }
            Self::Complete => {
                tasks.complete_task(CompleteTaskRequest { id, etag, request_id }).await
            }
            Self::Reopen => tasks.reopen_task(ReopenTaskRequest { id, etag, request_id }).await,
            Self::Delete => tasks.delete_task(DeleteTaskRequest { id, etag, request_id }).await,
            Self::Undelete => {
                tasks.undelete_task(UndeleteTaskRequest { id, etag, request_id }).await
            }
        }
    }

    /// Fails unless `after` is the result of this on `before`.
    fn check(self, before: &Task, after: &Task) {
        assert_eq!((&after.id, after.number), (&before.id, before.number));
        assert_eq!(version(after), version(before) + 1, "{self:?} {before:?}");
        let is_so = match self {
            Self::Rename => after.title.len() == before.title.len() + 1,
            Self::Complete => after.status() == TaskStatus::Completed,
            Self::Reopen => after.status() == TaskStatus::Pending,
            Self::Delete => after.delete_time.is_some(),
            Self::Undelete => after.delete_time.is_none(),
        };
        assert!(is_so, "{self:?} {after:?}");
    }
}
