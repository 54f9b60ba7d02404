//! Etags of tasks (AIP-154).

use futures::future::join_all;
use tandem_proto::task::{
    CompleteTaskRequest, DeleteTaskRequest, ReopenTaskRequest, Task, UpdateTaskRequest,
};
use tonic::Code;

use crate::support::app::App;
use crate::support::refusal::{metadata, reason, refused};
use crate::support::tasks::{complete, create, get, rename};

fn rename_version(id: &str, title: &str, etag: &str) -> UpdateTaskRequest {
    let mut request = rename(id, title);
    if let Some(task) = &mut request.task {
        etag.clone_into(&mut task.etag);
    }
    request
}

async fn a_stale_etag_changes_nothing_and_the_refusal_names_the_current_one() {
    let app = App::start().await;
    let mut tasks = app.tasks_as("alice");
    let Task { id, etag, .. } = create(&tasks, "read long ago").await;
    let current = complete(&tasks, &id).await;

    let complete = CompleteTaskRequest { id: id.clone(), etag: etag.clone(), ..Default::default() };
    let reopen = ReopenTaskRequest { id: id.clone(), etag: etag.clone(), ..Default::default() };
    let delete = DeleteTaskRequest { id: id.clone(), etag: etag.clone(), ..Default::default() };
    for answer in [
        tasks.update_task(rename_version(&id, "new", &etag)).await,
        tasks.update_task(rename_version(&id, "new", "no etag at all")).await,
        tasks.complete_task(complete).await,
        tasks.reopen_task(reopen).await,
        tasks.delete_task(delete).await,
    ] {
        let refusal = refused(answer);
        assert_eq!(reason(&refusal), (Code::Aborted, "ETAG_MISMATCH".to_owned()));
        assert_eq!(metadata(&refusal, "etag"), current.etag);
    }
    assert_eq!(get(&tasks, &id).await, current);
}

async fn the_current_etag_lets_every_write_through() {
    let app = App::start().await;
    let mut tasks = app.tasks_as("alice");
    let Task { id, etag, .. } = create(&tasks, "just read").await;
    let request = rename_version(&id, "new", &etag);
    let Task { etag, .. } = tasks.update_task(request).await.expect("a change").into_inner();
    let request = CompleteTaskRequest { id: id.clone(), etag, ..Default::default() };
    let Task { etag, .. } = tasks.complete_task(request).await.expect("completion").into_inner();
    let request = ReopenTaskRequest { id: id.clone(), etag, ..Default::default() };
    let Task { etag, .. } = tasks.reopen_task(request).await.expect("reopening").into_inner();
    let request = DeleteTaskRequest { id: id.clone(), etag, ..Default::default() };
    assert!(tasks.delete_task(request).await.expect("deletion").into_inner().delete_time.is_some());
}

async fn of_callers_with_the_same_etag_exactly_one_wins() {
    let app = App::start().await;
    let tasks = app.tasks_as("alice");
    let read = create(&tasks, "read by eight").await;
    let callers = (0..8).map(|caller| {
        let (mut tasks, Task { id, etag, .. }) = (tasks.clone(), read.clone());
        tokio::spawn(async move {
            tasks.update_task(rename_version(&id, &format!("by {caller}"), &etag)).await
        })
    });
    let answers = join_all(callers).await.into_iter().map(|answer| answer.expect("no panic"));
    let (won, lost): (Vec<_>, Vec<_>) = answers.partition(Result::is_ok);
    let [Ok(won)] = &won[..] else { panic!("one winner: {won:?}") };
    assert_eq!(&get(&tasks, &read.id).await, won.get_ref());
    for refusal in lost.into_iter().map(refused) {
        assert_eq!(reason(&refusal), (Code::Aborted, "ETAG_MISMATCH".to_owned()));
        assert_eq!(metadata(&refusal, "etag"), won.get_ref().etag);
    }
}

database_tests! {
    tests:
        a_stale_etag_changes_nothing_and_the_refusal_names_the_current_one,
        the_current_etag_lets_every_write_through;
    two_threads:
        of_callers_with_the_same_etag_exactly_one_wins;
}
