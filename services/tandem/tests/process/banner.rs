//! `tandem` without arguments: the banner, its token and its commands.

use tandem_proto::task::Priority;
use tandem_test_support::process::{in_time, program};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use crate::grpc::{self, channel, create, create_conversation, list};
use crate::run::{Outcome, run_with_input};
use crate::system::System;

/// The start of a printed command line.
const CARGO: &str = "cargo run -q --";

#[tokio::test]
async fn token_works_for_both_services() {
    let data = tempfile::tempdir().expect("a folder");
    let system = System::start(data.path()).await;
    assert_ne!(system.chat, system.task);
    let task = create(&mut system.tasks().await, "water the plants").await.expect("a task");
    assert_eq!((task.number, task.title.as_str()), (1, "water the plants"));
    create_conversation(&mut system.chats().await).await.expect("a conversation");

    let refused = create(&mut grpc::tasks(system.task, "no.such.token").await, "x").await;
    assert_eq!(refused.expect_err("a bad token").code(), tonic::Code::Unauthenticated);
}

#[tokio::test]
async fn health_is_serving_with_the_banner() {
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
async fn printed_commands_work() {
    let data = tempfile::tempdir().expect("a folder");
    let system = System::start(data.path()).await;
    let banner = system.out.text();
    assert!(!banner.contains("eyJ"), "no token outside a terminal: {banner}");
    let export = banner.lines().find(|it| it.starts_with("export TOKEN=")).expect("a command");
    let show = format!("{export}; printf %s \"$TOKEN\"");
    let shown = run_in_shell(&system, data.path(), &show, "").await.succeeded();
    create(&mut grpc::tasks(system.task, &shown.out).await, "x").await.expect("a good token");

    let commands = banner.lines().filter(|it| it.starts_with(CARGO) || it.starts_with("grpcurl"));
    let [ask, chat, grpcurl] = commands.collect::<Vec<_>>()[..] else {
        panic!("three commands: {banner}")
    };

    let answer = run_in_shell(&system, data.path(), ask, "").await.succeeded();
    assert!(answer.out.contains("buy milk"), "{answer:?}");
    let tasks = list(&mut system.tasks().await).await;
    let [_, milk] = &tasks[..] else { panic!("two tasks: {tasks:?}") };
    assert_eq!((milk.title.as_str(), milk.priority()), ("buy milk", Priority::High));
    assert!(milk.due_time.is_some());

    let answer = run_in_shell(&system, data.path(), chat, "show my list\n").await.succeeded();
    assert!(answer.out.contains("buy milk"), "{answer:?}");

    let Some(path) = crate::grpcurl::find().await else { return };
    let grpcurl = grpcurl.replacen("grpcurl", &path.to_string_lossy(), 1);
    let answer = run_in_shell(&system, data.path(), &grpcurl, "").await.succeeded();
    assert!(answer.out.contains("\"conversationId\""), "{answer:?}");
}

/// Runs a printed command in a shell, with `TOKEN` set as by the printed `export`.
async fn run_in_shell(system: &System, data: &std::path::Path, line: &str, input: &str) -> Outcome {
    let line = line.replacen(CARGO, env!("CARGO_BIN_EXE_tandem"), 1);
    let mut shell = program("sh");
    shell
        .args(["-c", &line])
        .env("TOKEN", &system.token)
        .env("TANDEM_DATA_DIR", data)
        .env("TANDEM_CHAT__SERVER__LISTEN", system.chat.to_string());
    run_with_input(&mut shell, input).await
}
