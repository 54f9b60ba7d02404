//! `tandem` alone: what a newcomer sees, and that all of it is true.

use tandem_proto::task::Priority;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use crate::grpc::{self, channel, converse, create, list};
use crate::output::in_time;
use crate::run::{Outcome, program, run_with_input};
use crate::system::System;

/// How a printed command starts the command line.
const CARGO: &str = "cargo run -q --";

#[tokio::test]
async fn the_printed_token_opens_both_services() {
    let data = tempfile::tempdir().expect("a folder");
    let system = System::start(data.path()).await;
    assert_ne!(system.chat, system.task);
    let task = create(&mut system.tasks().await, "water the plants").await.expect("a task");
    assert_eq!((task.number, task.title.as_str()), (1, "water the plants"));
    converse(&mut system.chats().await).await.expect("a conversation");

    let refused = create(&mut grpc::tasks(system.task, "no.such.token").await, "x").await;
    assert_eq!(refused.expect_err("a bad token").code(), tonic::Code::Unauthenticated);
}

#[tokio::test]
async fn health_is_serving_as_soon_as_the_banner_is_there() {
    let data = tempfile::tempdir().expect("a folder");
    let system = System::start(data.path()).await;
    let services = [
        (system.chat, ["", "tandem.chat.v1.ChatService"]),
        (system.task, ["", "tandem.task.v1.TaskService"]),
    ];
    for (address, names) in services {
        let mut health = HealthClient::new(channel(address).await);
        for service in names.map(str::to_owned) {
            let check = health.check(HealthCheckRequest { service: service.clone() });
            let status = in_time("health", check).await.expect("no token is needed");
            assert_eq!(status.into_inner().status(), ServingStatus::Serving, "{service:?}");
        }
    }
}

#[tokio::test]
async fn the_printed_commands_work_when_they_are_pasted() {
    let data = tempfile::tempdir().expect("a folder");
    let system = System::start(data.path()).await;
    let banner = system.out.text();
    let commands = banner.lines().filter(|it| it.starts_with(CARGO) || it.starts_with("grpcurl"));
    let [ask, chat, grpcurl] = commands.collect::<Vec<_>>()[..] else {
        panic!("three commands: {banner}")
    };

    let answer = paste(&system, data.path(), ask, "").await.succeeded();
    assert!(answer.out.contains("buy milk"), "{answer:?}");
    let tasks = list(&mut system.tasks().await).await;
    let [milk] = &tasks[..] else { panic!("one task: {tasks:?}") };
    assert_eq!((milk.title.as_str(), milk.priority()), ("buy milk", Priority::High));
    assert!(milk.due_time.is_some());

    let answer = paste(&system, data.path(), chat, "show my list\n").await.succeeded();
    assert!(answer.out.contains("buy milk"), "{answer:?}");

    let Some(path) = crate::grpcurl::find().await else { return };
    let grpcurl = grpcurl.replacen("grpcurl", &path.to_string_lossy(), 1);
    let answer = paste(&system, data.path(), &grpcurl, "").await.succeeded();
    assert!(answer.out.contains("\"conversationId\""), "{answer:?}");
}

/// Runs a printed line in a shell, as after the printed `export`.
async fn paste(system: &System, data: &std::path::Path, line: &str, input: &str) -> Outcome {
    let line = line.replacen(CARGO, env!("CARGO_BIN_EXE_tandem"), 1);
    let mut shell = program("sh");
    shell
        .args(["-c", &line])
        .env("TOKEN", &system.token)
        .env("TANDEM_DATA_DIR", data)
        .env("TANDEM_CHAT__SERVER__LISTEN", system.chat.to_string());
    run_with_input(&mut shell, input).await
}
