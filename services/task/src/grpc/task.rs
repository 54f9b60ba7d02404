//! Handlers of single tasks and lists: validate the request, call the store, build the response.

use tandem_aip::page::{self, PageTokenContext};
use tandem_aip::{Mask, Order, digest};
use tandem_auth::{Caller, audit};
use tandem_clock::Timestamp;
use tandem_database::requests::Key;
use tandem_error::{Check as _, Error, Violation, combine_violations, validate, validate_mut};
use tandem_proto::Updatable as _;
use tandem_proto::task::{
    BatchCreateTasksRequest, BatchCreateTasksResponse, CompleteTaskRequest, CreateTaskRequest,
    DeleteTaskRequest, GetTaskRequest, GetTaskSummaryRequest, ListTasksRequest, ListTasksResponse,
    ReopenTaskRequest, Task, TaskSummary, UndeleteTaskRequest, UpdateTaskRequest,
};
use tandem_server::run_to_completion;
use tonic::{Request, Response, Status};

use super::{TaskApi, wire};
use crate::domain::{self, ChangeKind, Day, Draft, LabelChange, Position, SortField, UPDATABLE};
use crate::store::{self, ListQuery, TaskTarget};

impl TaskApi {
    /// Creates tasks, all or none.
    async fn create_drafts(
        &self,
        caller: Caller,
        method: &'static str,
        key: Key,
        drafts: Vec<Draft>,
    ) -> Result<Vec<domain::Task>, Error> {
        let writer = self.writer.clone();
        run_to_completion(async move {
            let tasks = writer.create(caller.owner(), key, drafts).await?;
            for task in &tasks {
                audit::log_write(&caller, method, &task.id.to_string());
            }
            Ok(tasks)
        })
        .await
    }

    /// Applies a change to one task.
    async fn change_task(
        &self,
        caller: &Caller,
        (method, kind): (&'static str, ChangeKind),
        target: TaskTarget,
        key: Key,
        change: impl Fn(&mut domain::Task, Timestamp) -> Result<(), Error> + Send + Sync + 'static,
    ) -> Result<Response<Task>, Status> {
        let (writer, caller) = (self.writer.clone(), caller.clone());
        let task = run_to_completion(async move {
            let task = writer.change(caller.owner(), key, target, kind, change).await?;
            audit::log_write(&caller, method, &task.id.to_string());
            Ok(task)
        });
        Ok(Response::new(wire::task_to_proto(task.await?, self.retention)))
    }

    fn tasks_to_proto(&self, tasks: Vec<domain::Task>) -> Vec<Task> {
        tasks.into_iter().map(|task| wire::task_to_proto(task, self.retention)).collect()
    }

    pub(super) async fn create(
        &self,
        request: Request<CreateTaskRequest>,
    ) -> Result<Response<Task>, Status> {
        let caller = Caller::from_request(&request)?.clone();
        let mut request = validate(request.into_inner())?;
        let key = request_key("CreateTask", std::mem::take(&mut request.request_id), &request);
        let draft = wire::draft_from_proto(request.task.unwrap_or_default());
        let tasks = self.create_drafts(caller, "CreateTask", key, vec![draft]).await?;
        let [task] = <[domain::Task; 1]>::try_from(tasks).map_err(|_| unexpected_count())?;
        Ok(Response::new(wire::task_to_proto(task, self.retention)))
    }

    pub(super) async fn get(
        &self,
        request: Request<GetTaskRequest>,
    ) -> Result<Response<Task>, Status> {
        let caller = Caller::from_request(&request)?.clone();
        let request = validate(request.into_inner())?;
        let task = store::find_task(self.db.reader(), caller.owner(), wire::parse_id(&request.id)?)
            .await?;
        Ok(Response::new(wire::task_to_proto(task.ok_or(Error::Denied)?, self.retention)))
    }

    pub(super) async fn list(
        &self,
        request: Request<ListTasksRequest>,
    ) -> Result<Response<ListTasksResponse>, Status> {
        let caller = Caller::from_request(&request)?.clone();
        let mut request = request.into_inner();
        let rules = validate_mut(&mut request);
        let order = Order::parse(&request.order_by, &SortField::NAMES);
        let size = page::size(
            std::mem::take(&mut request.page_size),
            ListTasksRequest::DEFAULT_PAGE_SIZE,
            ListTasksRequest::MAX_PAGE_SIZE,
        );
        let token = std::mem::take(&mut request.page_token);
        let owner = caller.owner();
        let tokens =
            PageTokenContext::new(&self.page_token_key, "ListTasks", owner.as_str(), &request);
        let after = tokens.decode_page_token::<Position>(&token);
        let filter = wire::filter_from_proto(
            request.filter.unwrap_or_default(),
            request.show_deleted,
            self.clock.now(),
        );
        let (((), order), (after, filter)) = combine_violations(
            combine_violations(rules, order),
            combine_violations(after, filter),
        )?;
        let query = ListQuery { owner, filter: &filter, order, after, size };
        let page = store::list(self.db.reader(), &query).await?;
        Ok(Response::new(ListTasksResponse {
            tasks: self.tasks_to_proto(page.tasks),
            next_page_token: page.next.map(|next| tokens.encode(&next)).unwrap_or_default(),
        }))
    }

    pub(super) async fn update(
        &self,
        request: Request<UpdateTaskRequest>,
    ) -> Result<Response<Task>, Status> {
        let caller = Caller::from_request(&request)?.clone();
        let mut request = request.into_inner();
        let mask = check_update(&mut request)?;
        let key = request_key("UpdateTask", std::mem::take(&mut request.request_id), &request);
        let UpdateTaskRequest { task, add_labels, remove_labels, .. } = request;
        let task = task.unwrap_or_default();
        let target = TaskTarget { id: wire::parse_id(&task.id)?, etag: task.etag.clone() };
        let draft = wire::draft_from_proto(task);
        let labels = LabelChange { add: add_labels, remove: remove_labels };
        let change = move |task: &mut domain::Task, now| task.update(&draft, &mask, &labels, now);
        self.change_task(&caller, ("UpdateTask", ChangeKind::Updated), target, key, change).await
    }

    pub(super) async fn complete(
        &self,
        request: Request<CompleteTaskRequest>,
    ) -> Result<Response<Task>, Status> {
        let caller = Caller::from_request(&request)?.clone();
        let mut request = validate(request.into_inner())?;
        let key = request_key("CompleteTask", std::mem::take(&mut request.request_id), &request);
        let target = TaskTarget { id: wire::parse_id(&request.id)?, etag: request.etag };
        self.change_task(
            &caller,
            ("CompleteTask", ChangeKind::Completed),
            target,
            key,
            domain::Task::complete,
        )
        .await
    }

    pub(super) async fn reopen(
        &self,
        request: Request<ReopenTaskRequest>,
    ) -> Result<Response<Task>, Status> {
        let caller = Caller::from_request(&request)?.clone();
        let mut request = validate(request.into_inner())?;
        let key = request_key("ReopenTask", std::mem::take(&mut request.request_id), &request);
        let target = TaskTarget { id: wire::parse_id(&request.id)?, etag: request.etag };
        self.change_task(
            &caller,
            ("ReopenTask", ChangeKind::Reopened),
            target,
            key,
            domain::Task::reopen,
        )
        .await
    }

    pub(super) async fn delete(
        &self,
        request: Request<DeleteTaskRequest>,
    ) -> Result<Response<Task>, Status> {
        let caller = Caller::from_request(&request)?.clone();
        let mut request = validate(request.into_inner())?;
        let key = request_key("DeleteTask", std::mem::take(&mut request.request_id), &request);
        let target = TaskTarget { id: wire::parse_id(&request.id)?, etag: request.etag };
        let delete = |task: &mut domain::Task, now| {
            task.delete(now);
            Ok(())
        };
        self.change_task(&caller, ("DeleteTask", ChangeKind::Deleted), target, key, delete).await
    }

    pub(super) async fn undelete(
        &self,
        request: Request<UndeleteTaskRequest>,
    ) -> Result<Response<Task>, Status> {
        let caller = Caller::from_request(&request)?.clone();
        let mut request = validate(request.into_inner())?;
        let key = request_key("UndeleteTask", std::mem::take(&mut request.request_id), &request);
        let target = TaskTarget { id: wire::parse_id(&request.id)?, etag: request.etag };
        let undelete = |task: &mut domain::Task, now| {
            task.undelete(now);
            Ok(())
        };
        let what = ("UndeleteTask", ChangeKind::Undeleted);
        self.change_task(&caller, what, target, key, undelete).await
    }

    pub(super) async fn create_batch(
        &self,
        request: Request<BatchCreateTasksRequest>,
    ) -> Result<Response<BatchCreateTasksResponse>, Status> {
        let caller = Caller::from_request(&request)?.clone();
        let mut request = request.into_inner();
        let (rules, one_id) = (validate_mut(&mut request), check_batch_request_ids(&request));
        combine_violations(rules, one_id)?;
        let key =
            request_key("BatchCreateTasks", std::mem::take(&mut request.request_id), &request);
        let drafts = request.requests.into_iter();
        let drafts = drafts.map(|it| wire::draft_from_proto(it.task.unwrap_or_default())).collect();
        let tasks = self.create_drafts(caller, "BatchCreateTasks", key, drafts).await?;
        let tasks = self.tasks_to_proto(tasks);
        Ok(Response::new(BatchCreateTasksResponse { tasks }))
    }

    pub(super) async fn summary(
        &self,
        request: Request<GetTaskSummaryRequest>,
    ) -> Result<Response<TaskSummary>, Status> {
        let caller = Caller::from_request(&request)?.clone();
        let request = validate(request.into_inner())?;
        let now = self.clock.now();
        let today = Day::containing(now, &request.time_zone)?;
        let (db, owner) = (self.db.reader(), caller.owner());
        let counts = store::find_counters(db, owner).await?.counts;
        Ok(Response::new(TaskSummary {
            pending_count: counts.pending,
            completed_count: counts.completed,
            overdue_count: store::count_due(db, owner, Timestamp::MIN, now).await?,
            due_today_count: store::count_due(db, owner, today.start, today.end).await?,
        }))
    }
}

fn unexpected_count() -> Error {
    Error::internal("one draft became several tasks")
}

/// Rejects request ids of single items: a batch has one for all.
fn check_batch_request_ids(request: &BatchCreateTasksRequest) -> Result<(), Error> {
    let several = request.requests.iter().enumerate().filter(|(_, it)| !it.request_id.is_empty());
    let fault = |index| Violation::new(format!("requests[{index}].request_id"), "must be empty");
    let faults = several.map(|(index, _)| fault(index)).collect::<Vec<_>>();
    if faults.is_empty() { Ok(()) } else { Err(Error::Invalid(faults)) }
}

/// The idempotency key of a request. `request` must no longer contain the id.
fn request_key(method: &str, request_id: String, request: &impl prost::Message) -> Key {
    Key { digest: digest(method, request), request_id }
}

/// Validates an update: the mask, the id and the fields that the mask names.
fn check_update(request: &mut UpdateTaskRequest) -> Result<Mask, Error> {
    // Before the check, which normalizes: a title of white space is a value, an invalid one.
    let has_value = |field: &str| request.task.as_ref().is_some_and(|it| it.has_value(field));
    let mask = Mask::from_request(request.update_mask.as_ref(), &UPDATABLE, has_value);
    let mut faults = Vec::new();
    request.check("", &mut faults);
    if let Some(task) = &request.task {
        faults.extend(tandem_aip::validate_id("task.id", &task.id));
    }
    if let Ok(mask) = &mask {
        faults.extend(label_violation(request, mask));
    }
    tandem_aip::merge_violations(mask, &UPDATABLE, faults)
}

/// A change of labels that contradicts itself.
fn label_violation(request: &UpdateTaskRequest, mask: &Mask) -> Option<Violation> {
    let UpdateTaskRequest { add_labels, remove_labels, .. } = request;
    let field = if add_labels.is_empty() { "remove_labels" } else { "add_labels" };
    let changes = !(add_labels.is_empty() && remove_labels.is_empty());
    if changes && mask.has("labels") {
        return Some(Violation::new(field, "cannot be combined with an update of labels"));
    }
    let both = add_labels.iter().any(|label| remove_labels.contains(label));
    both.then(|| Violation::new("add_labels", "has a label that is to be removed"))
}
