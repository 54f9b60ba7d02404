//! The system through `grpcurl`, which learns the API from reflection.
//!
//! Without `grpcurl` these tests are skipped with a note; with `TANDEM_TEST_REQUIRE_GRPCURL=1` they fail.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tandem_test_support::process::program;
use tokio::process::Command;

use crate::grpc::create;
use crate::run::{Outcome, run};
use crate::system::System;

/// `grpcurl` on the PATH or in Go's folder of binaries.
pub(crate) async fn find() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders = std::env::split_paths(&path).collect::<Vec<_>>();
    let go = Command::new("go").args(["env", "GOPATH"]).stderr(Stdio::null()).output().await;
    if let Ok(go) = go {
        folders.push(Path::new(String::from_utf8_lossy(&go.stdout).trim()).join("bin"));
    }
    let found = folders.iter().map(|it| it.join("grpcurl")).find(|it| it.is_file());
    if found.is_none() {
        let required = std::env::var("TANDEM_TEST_REQUIRE_GRPCURL").is_ok_and(|it| it == "1");
        assert!(!required, "TANDEM_TEST_REQUIRE_GRPCURL is 1 and there is no grpcurl");
        // Not captured by the test harness, so that a skipped test is visible.
        writeln!(std::io::stderr(), "skipped: no grpcurl").expect("standard error is open");
    }
    found
}

async fn call(grpcurl: &Path, token: Option<&str>, arguments: &[&str]) -> Outcome {
    let mut command = program(grpcurl);
    command.arg("-plaintext");
    if let Some(token) = token {
        command.arg("-H").arg(format!("authorization: Bearer {token}"));
    }
    run(command.args(arguments)).await
}

#[tokio::test]
async fn reflection_describes_the_services() {
    let Some(grpcurl) = find().await else { return };
    let data = tempfile::tempdir().expect("a folder");
    let system = System::start(data.path()).await;
    let services = [
        (system.chat.to_string(), "tandem.chat.v1.ChatService", "Chat"),
        (system.task.to_string(), "tandem.task.v1.TaskService", "ListTasks"),
    ];
    for (address, service, method) in services {
        let listed = call(&grpcurl, None, &[&address, "list"]).await.succeeded().out;
        let infrastructure = ["grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection"];
        for name in infrastructure.iter().chain([&service]) {
            assert!(listed.lines().any(|line| line == *name), "{name} in {listed}");
        }
        assert_eq!(listed.lines().filter(|line| line.starts_with("tandem.")).count(), 1);

        let name = format!("{service}.{method}");
        let described = call(&grpcurl, None, &[&address, "describe", &name]).await.succeeded().out;
        assert!(described.contains(&format!("rpc {method} ( ")), "{described}");
    }
}

#[tokio::test]
async fn calls_need_only_the_token() {
    let Some(grpcurl) = find().await else { return };
    let data = tempfile::tempdir().expect("a folder");
    let system = System::start(data.path()).await;
    create(&mut system.tasks().await, "water the plants").await.expect("a task");
    let (chat, task) = (system.chat.to_string(), system.task.to_string());
    let list = [task.as_str(), "tandem.task.v1.TaskService/ListTasks"];
    let body = r#"{"message": "show my list"}"#;
    let ask = ["-d", body, &chat, "tandem.chat.v1.ChatService/Chat"];

    for (arguments, part) in [(&list[..], "\"tasks\""), (&ask[..], "\"response\"")] {
        let answer = call(&grpcurl, Some(&system.token), arguments).await.succeeded();
        assert!(answer.out.contains(part) && answer.out.contains("water the plants"), "{answer:?}");
        let refused = call(&grpcurl, None, arguments).await;
        assert_ne!(refused.code, Some(0));
        assert!(refused.err.contains("Code: Unauthenticated"), "{refused:?}");
        assert!(!refused.out.contains("water the plants"), "{refused:?}");
    }
}
