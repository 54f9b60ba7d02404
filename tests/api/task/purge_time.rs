//! `purge_time` of tasks.

use tandem_config::HumanDuration;
use tandem_proto::task::watch_tasks_response::Event;
use tandem_proto::task::{ListTasksRequest, UndeleteTaskRequest, WatchTasksRequest};

use crate::support::app::{App, Start};
use crate::support::tasks::{create, delete, get};

const THREE_DAYS: i64 = 3 * 24 * 60 * 60;

async fn deleted_tasks_have_a_purge_time() {
    let task = |settings: &mut tandem_task::Settings| {
        settings.purge.deleted_retention = HumanDuration::from_days(3)
    };
    let app = App::start_with(Start { task, ..Start::default() }).await;
    let mut alice = app.tasks_as("alice");
    assert_eq!(create(&alice, "kept").await.purge_time, None);
    let gone = create(&alice, "gone").await;
    let watch = alice.watch_tasks(WatchTasksRequest::default()).await.expect("a watch");
    let deleted = delete(&alice, &gone.id).await;
    let mut expected = deleted.delete_time.expect("a time");
    expected.seconds += THREE_DAYS;
    assert_eq!(deleted.purge_time, Some(expected));
    assert_eq!(get(&alice, &gone.id).await.purge_time, Some(expected));
    let all = ListTasksRequest { show_deleted: true, ..Default::default() };
    let all = alice.list_tasks(all).await.expect("a list").into_inner().tasks;
    assert_eq!(all.iter().map(|it| it.purge_time).collect::<Vec<_>>(), [None, Some(expected)]);

    let mut events = watch.into_inner();
    let watched = loop {
        let event = events.message().await.expect("no error").expect("another event");
        if let Some(Event::TaskChange(change)) = event.event {
            break change.task.expect("a task");
        }
    };
    assert_eq!(watched, deleted);

    let back = UndeleteTaskRequest { id: gone.id, ..Default::default() };
    let back = alice.undelete_task(back).await.expect("restored").into_inner();
    assert_eq!(back.purge_time, None);
}

database_tests! {
    tests:
        deleted_tasks_have_a_purge_time;
}
