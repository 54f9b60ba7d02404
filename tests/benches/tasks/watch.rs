//! ChangeNotifier: one writes, many hear of it.

use std::time::{Duration, Instant};

use futures::future::join_all;
use tandem_proto::task::watch_tasks_response::Event;
use tandem_proto::task::{WatchTasksRequest, WatchTasksResponse};
use tonic::Streaming;

use crate::calls::create;
use crate::measure::load::Cost;
use crate::measure::task_service::TaskServer;

/// How many watch.
const WATCHERS: usize = 64;

/// Whose tasks are watched.
const WATCHED: &str = "watched";

/// Tasks are created one by one, each when all watchers know the last. The cost is that of one event
/// for one watcher, the creations included.
pub(crate) async fn measure(server: &TaskServer, time: Duration) -> (String, Cost) {
    let writer = server.client(WATCHED).await;
    let mut watchers = join_all((0..WATCHERS).map(|_| watch(server))).await;
    let used = || {
        let meters = server.meters();
        [meters.server.used(), meters.database.map_or(Duration::ZERO, |it| it.used())]
    };
    let (start, before) = (Instant::now(), used());
    let mut calls = 0;
    while start.elapsed() < time {
        create(&writer).await;
        join_all(watchers.iter_mut().map(change)).await;
        calls += watchers.len() as u64;
    }
    let after = used();
    let cpu = [after[0] - before[0], after[1] - before[1]];
    let name = format!("WatchTasks, an event for one of {WATCHERS}");
    (name, Cost { calls, time: start.elapsed(), cpu })
}

/// A watch whose snapshot is read.
async fn watch(server: &TaskServer) -> Streaming<WatchTasksResponse> {
    let mut tasks = server.client(WATCHED).await;
    let watch = tasks.watch_tasks(WatchTasksRequest::default()).await;
    let mut events = watch.expect("a watch").into_inner();
    while !matches!(next(&mut events).await, Event::SnapshotCompleted(_)) {}
    events
}

/// Reads up to the next change.
async fn change(events: &mut Streaming<WatchTasksResponse>) {
    while !matches!(next(events).await, Event::TaskChange(_)) {}
}

async fn next(events: &mut Streaming<WatchTasksResponse>) -> Event {
    let event = events.message().await.expect("no error").expect("no end");
    event.event.expect("an event")
}
