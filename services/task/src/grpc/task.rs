//! TaskService: read the request, call the store, write the answer.

use std::pin::Pin;

use tandem_aip::page::{self, Scope};
use tandem_aip::{Mask, Order, digest};
use tandem_auth::Caller;
use tandem_database::Database;
use tandem_database::requests::Key;
use tandem_errors::{Check as _, Error, checked};
use tandem_proto::task::task_service_server::TaskService;
use tandem_proto::task::{
    BatchCreateTasksRequest, BatchCreateTasksResponse, CompleteTaskRequest, CreateTaskRequest,
    DeleteTaskRequest, GetTaskRequest, GetTaskSummaryRequest, ListTasksRequest, ListTasksResponse,
    ReopenTaskRequest, Task, TaskSummary, UndeleteTaskRequest, UpdateTaskRequest,
    WatchTasksRequest, WatchTasksResponse,
};
use tandem_server::Clock;
use tokio_stream::Stream;
use tonic::{Request, Response, Status, async_trait};

use super::wire;
use crate::domain::{self, Draft, Position, SortField, UPDATABLE};
use crate::store::{self, Door, Target};

/// The page size of a list that names none, and the largest.
const PAGE: (u32, u32) = (50, 1000);

/// Serves `tandem.task.v1.TaskService`.
#[derive(Clone)]
pub struct TaskApi {
    db: Database,
    door: Door,
    clock: Clock,
}

impl TaskApi {
    /// Serves the tasks in `db`.
    #[must_use]
    pub fn new(db: Database, clock: Clock) -> Self {
        Self { door: Door::new(db.clone(), clock.clone()), db, clock }
    }

    /// Runs a change of one task that is named by id.
    async fn change(
        &self,
        caller: &Caller,
        method: &'static str,
        target: Target,
        key: Key,
        change: impl Fn(&mut domain::Task, i64) -> Result<(), Error> + Send + Sync + 'static,
    ) -> Result<Response<Task>, Status> {
        let task = self.door.change(caller.owner(), key, target, change).await?;
        tandem_auth::audit::write(caller, method, &task.id.to_string());
        Ok(Response::new(wire::task(task)))
    }
}

#[async_trait]
impl TaskService for TaskApi {
    async fn create_task(
        &self,
        request: Request<CreateTaskRequest>,
    ) -> Result<Response<Task>, Status> {
        let caller = Caller::of(&request)?.clone();
        let mut request = checked(request.into_inner())?;
        let key = key("CreateTask", std::mem::take(&mut request.request_id), &request);
        let draft = wire::draft(request.task.unwrap_or_default());
        let task = self.door.create(caller.owner(), key, draft).await?;
        tandem_auth::audit::write(&caller, "CreateTask", &task.id.to_string());
        Ok(Response::new(wire::task(task)))
    }

    async fn get_task(&self, request: Request<GetTaskRequest>) -> Result<Response<Task>, Status> {
        let caller = Caller::of(&request)?.clone();
        let request = checked(request.into_inner())?;
        let task = store::find(self.db.reader(), caller.owner(), wire::id(&request.id)?).await?;
        Ok(Response::new(wire::task(task.ok_or(Error::Denied)?)))
    }

    async fn list_tasks(
        &self,
        request: Request<ListTasksRequest>,
    ) -> Result<Response<ListTasksResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let mut request = checked(request.into_inner())?;
        let order = Order::read(&request.order_by, &SortField::NAMES)?;
        let size = page::size(std::mem::take(&mut request.page_size), PAGE.0, PAGE.1);
        let token = std::mem::take(&mut request.page_token);
        let scope = Scope::of("ListTasks", &request);
        let after = scope.position::<Position>(&token)?;
        let filter = wire::filter(request.filter.unwrap_or_default(), self.clock.now_micros())?;
        let page =
            store::list(self.db.reader(), caller.owner(), &filter, order, after, size).await?;
        Ok(Response::new(ListTasksResponse {
            tasks: page.tasks.into_iter().map(wire::task).collect(),
            next_page_token: page.next.map(|next| scope.token(&next)).unwrap_or_default(),
        }))
    }

    async fn update_task(
        &self,
        request: Request<UpdateTaskRequest>,
    ) -> Result<Response<Task>, Status> {
        let caller = Caller::of(&request)?.clone();
        let mut request = request.into_inner();
        let mask = check_update(&mut request)?;
        let key = key("UpdateTask", std::mem::take(&mut request.request_id), &request);
        let task = request.task.unwrap_or_default();
        let target = Target { id: wire::id(&task.id)?, etag: task.etag.clone() };
        let draft = wire::draft(task);
        let change = move |task: &mut domain::Task, now| task.update(&draft, &mask, now);
        self.change(&caller, "UpdateTask", target, key, change).await
    }

    async fn complete_task(
        &self,
        request: Request<CompleteTaskRequest>,
    ) -> Result<Response<Task>, Status> {
        let caller = Caller::of(&request)?.clone();
        let mut request = checked(request.into_inner())?;
        let key = key("CompleteTask", std::mem::take(&mut request.request_id), &request);
        let target = Target { id: wire::id(&request.id)?, etag: request.etag };
        self.change(&caller, "CompleteTask", target, key, domain::Task::complete).await
    }

    async fn reopen_task(
        &self,
        request: Request<ReopenTaskRequest>,
    ) -> Result<Response<Task>, Status> {
        let caller = Caller::of(&request)?.clone();
        let mut request = checked(request.into_inner())?;
        let key = key("ReopenTask", std::mem::take(&mut request.request_id), &request);
        let target = Target { id: wire::id(&request.id)?, etag: request.etag };
        self.change(&caller, "ReopenTask", target, key, domain::Task::reopen).await
    }

    async fn delete_task(
        &self,
        request: Request<DeleteTaskRequest>,
    ) -> Result<Response<Task>, Status> {
        let caller = Caller::of(&request)?.clone();
        let mut request = checked(request.into_inner())?;
        let key = key("DeleteTask", std::mem::take(&mut request.request_id), &request);
        let target = Target { id: wire::id(&request.id)?, etag: request.etag };
        let delete = |task: &mut domain::Task, now| {
            task.delete(now);
            Ok(())
        };
        self.change(&caller, "DeleteTask", target, key, delete).await
    }

    async fn undelete_task(
        &self,
        _: Request<UndeleteTaskRequest>,
    ) -> Result<Response<Task>, Status> {
        Err(Error::NotImplemented.into())
    }

    async fn batch_create_tasks(
        &self,
        _: Request<BatchCreateTasksRequest>,
    ) -> Result<Response<BatchCreateTasksResponse>, Status> {
        Err(Error::NotImplemented.into())
    }

    async fn get_task_summary(
        &self,
        _: Request<GetTaskSummaryRequest>,
    ) -> Result<Response<TaskSummary>, Status> {
        Err(Error::NotImplemented.into())
    }

    type WatchTasksStream = Pin<Box<dyn Stream<Item = Result<WatchTasksResponse, Status>> + Send>>;

    async fn watch_tasks(
        &self,
        _: Request<WatchTasksRequest>,
    ) -> Result<Response<Self::WatchTasksStream>, Status> {
        Err(Error::NotImplemented.into())
    }
}

/// The key of a request whose id was taken out of it.
fn key(method: &str, request_id: String, request: &impl prost::Message) -> Key {
    Key { digest: digest(method, request), request_id }
}

/// Checks an update: the mask, the id, and the fields that the mask names.
fn check_update(request: &mut UpdateTaskRequest) -> Result<Mask, Error> {
    let mut faults = Vec::new();
    request.check("", &mut faults);
    let task = request.task.clone().unwrap_or_default();
    if request.task.is_some() {
        faults.extend(tandem_aip::check_id("task.id", &task.id));
    }
    let draft: Draft = wire::draft(task);
    let mask = Mask::read(request.update_mask.as_ref(), &UPDATABLE, |field| draft.has_value(field));
    tandem_aip::with_faults(mask, &UPDATABLE, faults)
}
