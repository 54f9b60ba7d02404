//! Finding the task that a model refers to.

use tandem_proto::task::{
    GetTaskRequest, ListTasksRequest, ListTasksResponse, Task, TaskFilter, TaskStatus,
};
use tonic::Code;
use uuid::Uuid;

use crate::arguments::TaskRef;
use crate::client::TaskClient;
use crate::failure::Failure;
use crate::toolbox::Call;

/// Pages read to fill one list of a tool.
const MAX_PAGES: usize = 10;

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
    Ok(send_list(client, call, request).await?.tasks.pop())
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

/// The first tasks by due time, and whether there are more.
pub(crate) async fn list_page(
    client: &TaskClient,
    call: &Call<'_>,
    filter: TaskFilter,
    page_size: i32,
) -> Result<(Vec<Task>, bool), Failure> {
    let mut found = Vec::new();
    let mut request = ListTasksRequest {
        filter: Some(filter),
        page_size,
        order_by: "due_time".to_owned(),
        ..ListTasksRequest::default()
    };
    // A page may be short although there are more (AIP-158).
    for _ in 0..MAX_PAGES {
        let page = send_list(client, call, request.clone()).await?;
        request.page_size -= i32::try_from(page.tasks.len()).unwrap_or(page_size);
        request.page_token = page.next_page_token;
        found.extend(page.tasks);
        if request.page_size <= 0 || request.page_token.is_empty() {
            break;
        }
    }
    Ok((found, !request.page_token.is_empty()))
}

async fn send_list(
    client: &TaskClient,
    call: &Call<'_>,
    request: ListTasksRequest,
) -> Result<ListTasksResponse, Failure> {
    client.send(call, request, async |mut stub, it| stub.list_tasks(it).await).await
}
