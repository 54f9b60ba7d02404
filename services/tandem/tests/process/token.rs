//! `tandem token`: the user of a token.

use tandem_proto::task::GetTaskRequest;
use tonic::Code;

use crate::grpc::{self, create, create_conversation, list};
use crate::run::{run, tandem};
use crate::system::System;

#[tokio::test]
async fn token_grants_only_its_user() {
    let data = tempfile::tempdir().expect("a folder");
    let system = System::start(data.path()).await;
    let mine = create(&mut system.tasks().await, "mine").await.expect("a task");
    let my_conversation =
        create_conversation(&mut system.chats().await).await.expect("a conversation");

    let token = system.token_for("alice").await;
    let mut tasks = grpc::tasks(system.task, &token).await;
    assert!(list(&mut tasks).await.is_empty());
    let denied = tasks.get_task(GetTaskRequest { id: mine.id }).await.expect_err("not hers");
    assert_eq!(denied.code(), Code::PermissionDenied);
    let mut chats = grpc::chats(system.chat, &token).await;
    let denied = grpc::post(&mut chats, &my_conversation, "hello").await.expect_err("not hers");
    assert_eq!(denied.code(), Code::PermissionDenied);

    let hers = create(&mut tasks, "hers").await.expect("a task");
    assert_eq!(hers.number, 1, "numbers are counted for each user");
    let titles = list(&mut system.tasks().await).await.into_iter().map(|task| task.title);
    assert_eq!(titles.collect::<Vec<_>>(), ["mine"]);
}

#[tokio::test]
async fn foreign_token_is_refused() {
    let (data, other) = (tempfile::tempdir(), tempfile::tempdir());
    let (data, other) = (data.expect("a folder"), other.expect("a folder"));
    let system = System::start(data.path()).await;
    let foreign = run(&mut tandem(other.path(), &["token"])).await.succeeded();
    let mut tasks = grpc::tasks(system.task, foreign.out.trim_end()).await;
    let refused = create(&mut tasks, "x").await.expect_err("signed with another key");
    assert_eq!(refused.code(), Code::Unauthenticated);
}

#[tokio::test]
async fn token_survives_a_restart() {
    let data = tempfile::tempdir().expect("a folder");
    let system = System::start(data.path()).await;
    let token = system.token.clone();
    system.kill().await;
    let system = System::start(data.path()).await;
    create(&mut grpc::tasks(system.task, &token).await, "x").await.expect("the same key");
}
