//! Finding the task that a model refers to.

use tandem_proto::task::{GetTaskRequest, ListTasksRequest, Task, TaskFilter, TaskStatus};
use tonic::Code;
use uuid::Uuid;

use crate::arguments::TaskRef;
use crate::client::TaskClient;
use crate::failure::Failure;
use crate::toolbox::Call;

/// Suggestions if no task matches a reference.
const MAX_SUGGESTIONS: i32 = 5;

/// The task, deleted or not: a repeated call has to find the task that the first one deleted.
pub(crate) async fn find_task(
    client: &TaskClient,
    call: &Call<'_>,
    reference: &TaskRef,
) -> Result<Task, Failure> {
    let found = match (task_number(reference), reference) {
        (Some(number), _) if number > 0 => find_by_number(client, call, number).await?,
        (None, TaskRef::Text(id)) if Uuid::try_parse(id).is_ok() => {
            find_by_id(client, call, id).await?
        }
        _ => None,
    };
    match found {
        Some(task) => Ok(task),
        None => Err(Failure::NoSuchTask(suggest_tasks(client, call, reference).await)),
    }
}

fn task_number(reference: &TaskRef) -> Option<i64> {
    match reference {
        TaskRef::Number(number) => Some(*number),
        TaskRef::Text(text) => text.trim().trim_start_matches('#').parse().ok(),
    }
}

async fn find_by_number(
    client: &TaskClient,
    call: &Call<'_>,
    number: i64,
) -> Result<Option<Task>, Failure> {
    let request = ListTasksRequest {
        filter: Some(TaskFilter { number, ..TaskFilter::default() }),
        page_size: 1,
        show_deleted: true,
        ..ListTasksRequest::default()
    };
    Ok(send_list(client, call, request).await?.0.pop())
}

async fn find_by_id(
    client: &TaskClient,
    call: &Call<'_>,
    id: &str,
) -> Result<Option<Task>, Failure> {
    let request = GetTaskRequest { id: id.to_owned() };
    match client.send(call, request, async |mut stub, it| stub.get_task(it).await).await {
        Ok(task) => Ok(Some(task)),
        Err(Failure::Service(status)) if status.code() == Code::PermissionDenied => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// Tasks that the model may have meant: matches of its text, or else the next ones due.
async fn suggest_tasks(client: &TaskClient, call: &Call<'_>, reference: &TaskRef) -> Vec<Task> {
    if let TaskRef::Text(query) = reference {
        let filter = TaskFilter { query: query.clone(), ..TaskFilter::default() };
        if let Ok((tasks, _)) = list_page(client, call, filter, MAX_SUGGESTIONS).await
            && !tasks.is_empty()
        {
            return tasks;
        }
    }
    let pending = TaskFilter { status: TaskStatus::Pending.into(), ..TaskFilter::default() };
    let page = list_page(client, call, pending, MAX_SUGGESTIONS).await;
    page.map(|(tasks, _)| tasks).unwrap_or_default()
}

/// The first page by due time, and whether there are more tasks.
pub(crate) async fn list_page(
    client: &TaskClient,
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
    send_list(client, call, request).await
}

async fn send_list(
    client: &TaskClient,
    call: &Call<'_>,
    request: ListTasksRequest,
) -> Result<(Vec<Task>, bool), Failure> {
    let page = client.send(call, request, async |mut stub, it| stub.list_tasks(it).await).await?;
    Ok((page.tasks, !page.next_page_token.is_empty()))
}
