//! A caller that writes, sends again what was not acknowledged, and knows what must be there.

use tandem_proto::task::{
    CompleteTaskRequest, CreateTaskRequest, DeleteTaskRequest, GetTaskRequest, ReopenTaskRequest,
    Task, TaskStatus, UndeleteTaskRequest, UpdateTaskRequest,
};
use tokio_util::sync::CancellationToken;
use tonic::{Response, Status};
use uuid::Uuid;

use super::change_history::{END, version};
use super::line::{Line, Tasks};

/// A write of one task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Rename,
    Complete,
    Reopen,
    Delete,
    Undelete,
}

/// What happens to a task in its life.
const LIVES: [&[Step]; 3] = [
    &[Step::Rename, Step::Complete],
    &[Step::Complete, Step::Reopen, Step::Rename],
    &[Step::Complete, Step::Delete, Step::Undelete, Step::Delete],
];

/// Writes one life after another until `stop`; answers the tasks as they were acknowledged last.
pub(crate) async fn write(line: &Line, name: usize, stop: &CancellationToken) -> Vec<Task> {
    let mut written = Vec::new();
    while !stop.is_cancelled() {
        let title = format!("task {} of writer {name}", written.len());
        let mut task = create(line, &title).await;
        assert_eq!((version(&task), task.title.as_str()), (1, title.as_str()));
        for step in LIVES[(name + written.len()) % LIVES.len()] {
            // Only this writer changes it: the etag fits unless a write happened twice.
            let after = step.done(line, &task).await;
            step.check(&task, &after);
            task = after;
        }
        let request = GetTaskRequest { id: task.id.clone() };
        let read = line.done(async |mut tasks: Tasks| tasks.get_task(request.clone()).await).await;
        assert_eq!(read, task, "what was acknowledged is read");
        line.summary().await;
        written.push(task);
    }
    written
}

/// Creates a task, once.
pub(crate) async fn create(line: &Line, title: &str) -> Task {
    let task = Some(Task { title: title.to_owned(), ..Task::default() });
    let request = CreateTaskRequest { task, request_id: Uuid::now_v7().to_string() };
    line.done(async |mut tasks: Tasks| tasks.create_task(request.clone()).await).await
}

/// Fails unless the tasks are those that were acknowledged, and the end.
pub(crate) async fn check_written(line: &Line, mut written: Vec<Task>) {
    let mut listed = line.list().await;
    assert_eq!(listed.pop().expect("the end").title, END);
    written.sort_by_key(|task| task.number);
    assert_eq!(listed, written);
}

impl Step {
    /// Does this to the version of the task that is meant, once.
    async fn done(self, line: &Line, task: &Task) -> Task {
        let request_id = Uuid::now_v7().to_string();
        line.done(async |tasks| self.send(tasks, task, request_id.clone()).await).await
    }

    /// Asks for this.
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
                tasks.update_task(UpdateTaskRequest { task, request_id, update_mask: None }).await
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

    /// Fails unless `after` is what this makes of `before`.
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
