//! The methods of TaskService, one line each.

use tandem_proto::task::task_service_server::TaskService;
use tandem_proto::task::*;
use tandem_server::ResponseStream;
use tonic::{Request, Response, Status, async_trait};

use super::TaskApi;

/// The result of a unary method.
type RpcResult<T> = Result<Response<T>, Status>;

#[async_trait]
impl TaskService for TaskApi {
    async fn create_task(&self, request: Request<CreateTaskRequest>) -> RpcResult<Task> {
        self.create(request).await
    }

    async fn get_task(&self, request: Request<GetTaskRequest>) -> RpcResult<Task> {
        self.get(request).await
    }

    async fn list_tasks(&self, request: Request<ListTasksRequest>) -> RpcResult<ListTasksResponse> {
        self.list(request).await
    }

    async fn update_task(&self, request: Request<UpdateTaskRequest>) -> RpcResult<Task> {
        self.update(request).await
    }

    async fn complete_task(&self, request: Request<CompleteTaskRequest>) -> RpcResult<Task> {
        self.complete(request).await
    }

    async fn reopen_task(&self, request: Request<ReopenTaskRequest>) -> RpcResult<Task> {
        self.reopen(request).await
    }

    async fn delete_task(&self, request: Request<DeleteTaskRequest>) -> RpcResult<Task> {
        self.delete(request).await
    }

    async fn undelete_task(&self, request: Request<UndeleteTaskRequest>) -> RpcResult<Task> {
        self.undelete(request).await
    }

    async fn batch_create_tasks(
        &self,
        request: Request<BatchCreateTasksRequest>,
    ) -> RpcResult<BatchCreateTasksResponse> {
        self.create_batch(request).await
    }

    async fn get_task_summary(
        &self,
        request: Request<GetTaskSummaryRequest>,
    ) -> RpcResult<TaskSummary> {
        self.summary(request).await
    }

    type WatchTasksStream = ResponseStream<WatchTasksResponse>;

    async fn watch_tasks(
        &self,
        request: Request<WatchTasksRequest>,
    ) -> RpcResult<Self::WatchTasksStream> {
        self.watch_tasks(request).await
    }
}
