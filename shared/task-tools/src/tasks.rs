//! What each tool does.

use chrono::DateTime;
use prost_types::{FieldMask, Timestamp};
use serde_json::{Value, json};
use tandem_proto::task::task_service_client::TaskServiceClient;
use tandem_proto::task::{
    CompleteTaskRequest, CreateTaskRequest, DeleteTaskRequest, GetTaskRequest, ListTasksRequest,
    Priority, ReopenTaskRequest, Task, TaskFilter, TaskStatus, UpdateTaskRequest,
};
use tonic::Code;
use tonic::transport::Channel;
use uuid::Uuid;

use crate::arguments::{
    self, AddTask, ListTasks, NewPriority, OneTask, StatusFilter, TaskRef, UpdateTask,
};
use crate::failure::Failure;
use crate::toolbox::{Call, Toolbox};
use crate::view;

/// What calls the task service.
type Tasks = TaskServiceClient<Channel>;

/// How many tasks a list holds where the model does not say.
const LISTED: i32 = 20;

/// How much text a list holds, in bytes: of tasks with long descriptions there are fewer, each whole.
const MOST_BYTES: usize = 32 * 1024;

/// How many tasks are suggested where none is meant.
const SUGGESTED: i32 = 5;

impl Toolbox {
    pub(crate) async fn add(&self, call: &Call<'_>, add: AddTask) -> Result<Value, Failure> {
        let task = Task {
            title: add.title,
            description: add.description.unwrap_or_default(),
            due_time: add.due_time.map(|due| time("due_time", &due)).transpose()?,
            priority: add.priority.map_or(Priority::Unspecified, Priority::from).into(),
            labels: add.labels.unwrap_or_default(),
            ..Task::default()
        };
        let request_id = call.request_id.to_owned();
        let request = CreateTaskRequest { task: Some(task), request_id };
        let create = async |mut tasks: Tasks, it| tasks.create_task(it).await;
        let created = self.line.send(call, request, create).await?;
        Ok(view::done("created", &created))
    }

    pub(crate) async fn list(&self, call: &Call<'_>, list: ListTasks) -> Result<Value, Failure> {
        let status = match list.status {
            None | Some(StatusFilter::Pending) => TaskStatus::Pending,
            Some(StatusFilter::Completed) => TaskStatus::Completed,
            Some(StatusFilter::All) => TaskStatus::Unspecified,
        };
        let filter = TaskFilter {
            status: status.into(),
            priority: list.priority.map_or(Priority::Unspecified, Priority::from).into(),
            labels: list.label.into_iter().collect(),
            start_due_time: list.due_after.map(|it| time("due_after", &it)).transpose()?,
            end_due_time: list.due_before.map(|it| time("due_before", &it)).transpose()?,
            overdue: list.overdue.unwrap_or_default(),
            query: list.query.unwrap_or_default(),
            ..TaskFilter::default()
        };
        let (tasks, mut more) = self.page(call, filter, list.limit.unwrap_or(LISTED)).await?;
        let mut listed: Vec<Value> = Vec::new();
        let mut bytes = 0;
        for task in &tasks {
            bytes += task.title.len() + task.description.len();
            if bytes > MOST_BYTES && !listed.is_empty() {
                more = true;
                break;
            }
            listed.push(view::listed(task));
        }
        Ok(json!({"status": "ok", "tasks": listed, "more": more}))
    }

    pub(crate) async fn complete(&self, call: &Call<'_>, one: OneTask) -> Result<Value, Failure> {
        let id = self.find(call, &one.task).await?.id;
        let request_id = call.request_id.to_owned();
        let request = CompleteTaskRequest { id, request_id, ..CompleteTaskRequest::default() };
        let complete = async |mut tasks: Tasks, it| tasks.complete_task(it).await;
        let task = self.line.send(call, request, complete).await?;
        Ok(view::done("completed", &task))
    }

    pub(crate) async fn reopen(&self, call: &Call<'_>, one: OneTask) -> Result<Value, Failure> {
        let id = self.find(call, &one.task).await?.id;
        let request_id = call.request_id.to_owned();
        let request = ReopenTaskRequest { id, request_id, ..ReopenTaskRequest::default() };
        let reopen = async |mut tasks: Tasks, it| tasks.reopen_task(it).await;
        let task = self.line.send(call, request, reopen).await?;
        Ok(view::done("reopened", &task))
    }

    pub(crate) async fn delete(&self, call: &Call<'_>, one: OneTask) -> Result<Value, Failure> {
        let id = self.find(call, &one.task).await?.id;
        let request_id = call.request_id.to_owned();
        let request = DeleteTaskRequest { id, request_id, ..DeleteTaskRequest::default() };
        let delete = async |mut tasks: Tasks, it| tasks.delete_task(it).await;
        let task = self.line.send(call, request, delete).await?;
        Ok(view::done("deleted", &task))
    }

    pub(crate) async fn update(&self, call: &Call<'_>, new: UpdateTask) -> Result<Value, Failure> {
        let found = self.find(call, &new.task).await?;
        let (task, paths) = change(found, new)?;
        if paths.is_empty() {
            return Err(Failure::Arguments(vec!["nothing to change is named".to_owned()]));
        }
        let paths = paths.into_iter().map(str::to_owned).collect();
        let request = UpdateTaskRequest {
            task: Some(task),
            update_mask: Some(FieldMask { paths }),
            request_id: call.request_id.to_owned(),
        };
        let update = async |mut tasks: Tasks, it| tasks.update_task(it).await;
        let task = self.line.send(call, request, update).await?;
        Ok(view::done("updated", &task))
    }

    /// The task that the model names, deleted or not: a call that is made again finds what the first
    /// one deleted.
    async fn find(&self, call: &Call<'_>, task: &TaskRef) -> Result<Task, Failure> {
        let number = match task {
            TaskRef::Number(number) => Some(*number),
            TaskRef::Text(text) => text.trim().trim_start_matches('#').parse().ok(),
        };
        let found = match (number, task) {
            (Some(number), _) if number > 0 => {
                let filter = TaskFilter { number, ..TaskFilter::default() };
                let request = ListTasksRequest {
                    filter: Some(filter),
                    page_size: 1,
                    show_deleted: true,
                    ..ListTasksRequest::default()
                };
                self.send_list(call, request).await?.0.pop()
            }
            (None, TaskRef::Text(id)) if Uuid::try_parse(id).is_ok() => {
                let get = async |mut tasks: Tasks, it| tasks.get_task(it).await;
                match self.line.send(call, GetTaskRequest { id: id.clone() }, get).await {
                    Ok(task) => Some(task),
                    Err(Failure::Service(status)) if status.code() == Code::PermissionDenied => {
                        None
                    }
                    Err(failure) => return Err(failure),
                }
            }
            _ => None,
        };
        match found {
            Some(task) => Ok(task),
            None => Err(Failure::NoSuchTask(self.suggest(call, task).await)),
        }
    }

    /// Tasks that the model may have meant: those with its words, or else the next ones due.
    async fn suggest(&self, call: &Call<'_>, task: &TaskRef) -> Vec<Task> {
        if let TaskRef::Text(query) = task {
            let filter = TaskFilter { query: query.clone(), ..TaskFilter::default() };
            if let Ok((tasks, _)) = self.page(call, filter, SUGGESTED).await
                && !tasks.is_empty()
            {
                return tasks;
            }
        }
        let pending = TaskFilter { status: TaskStatus::Pending.into(), ..TaskFilter::default() };
        self.page(call, pending, SUGGESTED).await.map(|(tasks, _)| tasks).unwrap_or_default()
    }

    /// The first tasks of a list by due time, and whether there are more.
    async fn page(
        &self,
        call: &Call<'_>,
        filter: TaskFilter,
        page_size: i32,
    ) -> Result<(Vec<Task>, bool), Failure> {
        let request = ListTasksRequest {
            filter: Some(filter),
            page_size,
            order_by: "due_time".to_owned(),
            ..ListTasksRequest::default()
        };
        self.send_list(call, request).await
    }

    async fn send_list(
        &self,
        call: &Call<'_>,
        request: ListTasksRequest,
    ) -> Result<(Vec<Task>, bool), Failure> {
        let list = async |mut tasks: Tasks, it| tasks.list_tasks(it).await;
        let page = self.line.send(call, request, list).await?;
        Ok((page.tasks, !page.next_page_token.is_empty()))
    }
}

/// The task with the new values, and the fields that have one.
fn change(found: Task, new: UpdateTask) -> Result<(Task, Vec<&'static str>), Failure> {
    let mut task = Task { id: found.id, ..Task::default() };
    let mut paths = Vec::new();
    if let Some(title) = new.title {
        task.title = title;
        paths.push("title");
    }
    if let Some(description) = new.description {
        task.description = description;
        paths.push("description");
    }
    if let Some(due) = new.due_time {
        task.due_time = if due.is_empty() { None } else { Some(time("due_time", &due)?) };
        paths.push("due_time");
    }
    if let Some(priority) = new.priority {
        task.priority = Priority::from(priority).into();
        paths.push("priority");
    }
    if new.add_labels.is_some() || new.remove_labels.is_some() {
        let removed = new.remove_labels.unwrap_or_default();
        // The same when it is done again: a repeated request has to be equal to the first.
        task.labels = found.labels;
        task.labels.retain(|label| !removed.contains(label));
        for label in new.add_labels.unwrap_or_default() {
            if !task.labels.contains(&label) {
                task.labels.push(label);
            }
        }
        paths.push("labels");
    }
    Ok((task, paths))
}

fn time(field: &str, text: &str) -> Result<Timestamp, Failure> {
    let time = DateTime::parse_from_rfc3339(text).map_err(|_| {
        let fault = format!("{field}: {text:?} is not an RFC 3339 time with an offset");
        Failure::Arguments(vec![fault])
    })?;
    let nanos = i32::try_from(time.timestamp_subsec_nanos()).unwrap_or_default();
    Ok(Timestamp { seconds: time.timestamp(), nanos })
}

impl From<arguments::Priority> for Priority {
    fn from(priority: arguments::Priority) -> Self {
        match priority {
            arguments::Priority::Low => Self::Low,
            arguments::Priority::Medium => Self::Medium,
            arguments::Priority::High => Self::High,
        }
    }
}

impl From<NewPriority> for Priority {
    fn from(priority: NewPriority) -> Self {
        match priority {
            NewPriority::Low => Self::Low,
            NewPriority::Medium => Self::Medium,
            NewPriority::High => Self::High,
            NewPriority::None => Self::Unspecified,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_changed_again_make_the_same_request() {
        let labels = |labels: &[&str]| labels.iter().map(|it| (*it).to_owned()).collect();
        let new = || UpdateTask {
            task: TaskRef::Number(1),
            title: None,
            description: None,
            due_time: None,
            priority: None,
            add_labels: Some(labels(&["home"])),
            remove_labels: Some(labels(&["work"])),
        };
        let found = Task { labels: labels(&["work", "shop"]), ..Task::default() };
        let (first, _) = change(found, new()).expect("a change");
        let (again, _) = change(first.clone(), new()).expect("a change");
        assert_eq!((&first.labels, &again), (&labels(&["shop", "home"]), &first));
    }
}
