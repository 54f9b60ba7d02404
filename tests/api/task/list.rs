//! `ListTasks`.

mod filters;
mod large_lists;
mod orders;
mod pages;
mod query;
mod short_pages;

use tandem_proto::task::{ListTasksRequest, ListTasksResponse, Task};

use crate::support::tasks::Tasks;

/// One page.
async fn page(tasks: &Tasks, request: ListTasksRequest) -> ListTasksResponse {
    tasks.clone().list_tasks(request).await.expect("a page").into_inner()
}

/// All pages of a list, joined.
async fn all(tasks: &Tasks, mut request: ListTasksRequest) -> Vec<Task> {
    let mut found = Vec::new();
    loop {
        let next = page(tasks, request.clone()).await;
        found.extend(next.tasks);
        if next.next_page_token.is_empty() {
            return found;
        }
        request.page_token = next.next_page_token;
    }
}

/// A time as a number, to compare by.
fn micros(time: &prost_types::Timestamp) -> i64 {
    time.seconds * 1_000_000 + i64::from(time.nanos) / 1000
}

database_tests! {
    modules:
        filters, large_lists, orders, pages, query, short_pages;
}
