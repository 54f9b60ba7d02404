//! The calls that are measured.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::future::join_all;
use tandem_proto::task::{
    BatchCreateTasksRequest, CreateTaskRequest, GetTaskRequest, ListTasksRequest, Task, TaskFilter,
    UpdateTaskRequest,
};

use crate::CALLERS;
use crate::measure::database::Place;
use crate::measure::echo;
use crate::measure::load::{self, Cost, Tasks};
use crate::measure::task_service::TaskServer;
use crate::raw;

/// The owner of the tasks that are read.
const READER: &str = "reader";

/// The owner of the tasks that are written.
const WRITER: &str = "writer";

/// Measures every call and the corresponding bare queries.
pub(crate) async fn measure(
    server: &TaskServer,
    place: &Place,
    time: Duration,
) -> Vec<(String, Cost)> {
    let reader = server.client(READER).await;
    let ids = fill(&reader).await;
    let meters = server.meters();
    let mut rows =
        vec![(raw::GET.to_owned(), raw::measure(place, raw::GET, READER, &ids[0], time))];
    let get = load::run(meters, CALLERS, time, |_| get(&reader, &ids)).await;
    rows.push((GET.to_owned(), get));
    let page = load::run(meters, CALLERS, time, |_| list(&reader, TaskFilter::default())).await;
    rows.push(("ListTasks, a page of 50".to_owned(), page));
    let query = || TaskFilter { query: "bread".to_owned(), ..TaskFilter::default() };
    let search = load::run(meters, CALLERS, time, |_| list(&reader, query())).await;
    rows.push(("ListTasks, search, a page of 50".to_owned(), search));
    if !place.is_postgres() {
        let commit = raw::measure(place, raw::COMMIT, WRITER, &ids[0], time);
        rows.push((raw::COMMIT.to_owned(), commit));
    }
    for callers in [1, 8, 64] {
        let clients = join_all((0..callers.min(8)).map(|_| server.client(WRITER))).await;
        let cost =
            load::run(meters, callers, time, |caller| create(&clients[caller % clients.len()]));
        rows.push((create_by(callers), cost.await));
    }
    let update = load::run(meters, CALLERS, time, |_| update(&reader, &ids)).await;
    rows.push(("UpdateTask, by 8".to_owned(), update));
    rows
}

/// The row of GetTask.
pub(crate) const GET: &str = "GetTask, by 8";

/// The row of CreateTask.
pub(crate) fn create_by(callers: usize) -> String {
    format!("CreateTask, by {callers}")
}

/// Creates a thousand tasks; returns their ids.
async fn fill(tasks: &Tasks) -> Vec<String> {
    let mut ids = Vec::new();
    for _ in 0..10 {
        let create = || CreateTaskRequest { task: Some(echo::task()), ..Default::default() };
        let requests = (0..100).map(|_| create()).collect();
        let request = BatchCreateTasksRequest { requests, ..Default::default() };
        let created = tasks.clone().batch_create_tasks(request).await.expect("tasks").into_inner();
        ids.extend(created.tasks.into_iter().map(|task| task.id));
    }
    ids
}

/// The ids in turn.
fn next(ids: &[String]) -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    ids[NEXT.fetch_add(1, Ordering::Relaxed) % ids.len()].clone()
}

pub(crate) async fn create(tasks: &Tasks) {
    let request = CreateTaskRequest { task: Some(echo::task()), ..Default::default() };
    tasks.clone().create_task(request).await.expect("a new task");
}

async fn get(tasks: &Tasks, ids: &[String]) {
    tasks.clone().get_task(GetTaskRequest { id: next(ids) }).await.expect("the task");
}

async fn list(tasks: &Tasks, filter: TaskFilter) {
    let request = ListTasksRequest { filter: Some(filter), ..Default::default() };
    let page = tasks.clone().list_tasks(request).await.expect("a page").into_inner();
    assert_eq!(page.tasks.len(), 50);
}

async fn update(tasks: &Tasks, ids: &[String]) {
    static TITLE: AtomicUsize = AtomicUsize::new(0);
    let title = format!("Buy milk and bread {}", TITLE.fetch_add(1, Ordering::Relaxed));
    let task = Task { id: next(ids), title, ..Task::default() };
    let request = UpdateTaskRequest { task: Some(task), ..Default::default() };
    tasks.clone().update_task(request).await.expect("a change");
}
