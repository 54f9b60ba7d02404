//! `DeleteTask`.

use tandem_proto::task::{CompleteTaskRequest, ReopenTaskRequest, TaskFilter};
use tonic::Code;

use crate::support::app::App;
use crate::support::refusal::{reason, refused};
use crate::support::tasks::{create, delete, get, listed_numbers, numbers, rename};

async fn a_deleted_task_is_shown_when_asked_for_and_takes_no_change() {
    let app = App::start().await;
    let mut tasks = app.tasks_as("alice");
    let [gone, kept] = [create(&tasks, "gone").await, create(&tasks, "kept").await];
    let deleted = delete(&tasks, &gone.id).await;

    assert_eq!(numbers(&tasks, TaskFilter::default()).await, [kept.number]);
    let both = listed_numbers(&tasks, TaskFilter::default(), true).await;
    assert_eq!(both, [gone.number, kept.number]);

    let id = gone.id.clone();
    let complete = CompleteTaskRequest { id: id.clone(), ..Default::default() };
    let reopen = ReopenTaskRequest { id: id.clone(), ..Default::default() };
    for answer in [
        tasks.update_task(rename(&id, "new")).await,
        tasks.update_task(rename(&id, "")).await,
        tasks.complete_task(complete).await,
        tasks.reopen_task(reopen).await,
    ] {
        let refusal = reason(&refused(answer));
        assert_eq!(refusal, (Code::FailedPrecondition, "STATE_CONFLICT".to_owned()));
    }
    assert_eq!(get(&tasks, &id).await, deleted);
}

database_tests! {
    tests:
        a_deleted_task_is_shown_when_asked_for_and_takes_no_change;
}
