//! TaskService: which method is where.

use tandem_proto::task::task_service_server::TaskService;
use tandem_proto::task::*;
use tonic::{Request, Response, Status, async_trait};

use super::TaskApi;
use super::watch::Watch;

/// The answer of a method.
type Answer<T> = Result<Response<T>, Status>;

#[async_trait]
impl TaskService for TaskApi {
    async fn create_task(&self, request: Request<CreateTaskRequest>) -> Answer<Task> {
        self.create(request).await
    }

    async fn get_task(&self, request: Request<GetTaskRequest>) -> Answer<Task> {
        self.get(request).await
    }

    async fn list_tasks(&self, request: Request<ListTasksRequest>) -> Answer<ListTasksResponse> {
        self.list(request).await
    }

    async fn update_task(&self, request: Request<UpdateTaskRequest>) -> Answer<Task> {
        self.update(request).await
    }

    async fn complete_task(&self, request: Request<CompleteTaskRequest>) -> Answer<Task> {
        self.complete(request).await
    }

    async fn reopen_task(&self, request: Request<ReopenTaskRequest>) -> Answer<Task> {
        self.reopen(request).await
    }

    async fn delete_task(&self, request: Request<DeleteTaskRequest>) -> Answer<Task> {
        self.delete(request).await
    }

    async fn undelete_task(&self, request: Request<UndeleteTaskRequest>) -> Answer<Task> {
        self.undelete(request).await
    }

    async fn batch_create_tasks(
        &self,
        request: Request<BatchCreateTasksRequest>,
    ) -> Answer<BatchCreateTasksResponse> {
        self.create_batch(request).await
    }

    async fn get_task_summary(
        &self,
        request: Request<GetTaskSummaryRequest>,
    ) -> Answer<TaskSummary> {
        self.summary(request).await
    }

    type WatchTasksStream = Watch;

    async fn watch_tasks(&self, request: Request<WatchTasksRequest>) -> Answer<Watch> {
        self.watch(request).await
    }
}
