//! `tandem ask`: one message and its answer.

use tandem_proto::task::Priority;

use crate::faults::free_address;
use crate::grpc::{create, list};
use crate::run::{run, tandem};
use crate::system::System;

/// Two new tasks and a list in one message.
const MESSAGE: &str = "add buy milk tomorrow at 5pm with high priority, add call the dentist \
                       #health, then show my list";

#[tokio::test]
async fn only_the_answer_is_on_stdout() {
    let data = tempfile::tempdir().expect("a folder");
    let system = System::start(data.path()).await;
    let answer = run(&mut system.command(&["ask", MESSAGE])).await.succeeded();

    assert!(answer.out.contains("buy milk") && answer.out.contains("call the dentist"));
    assert!(answer.out.ends_with('\n') && !answer.out.contains("add_task"), "{answer:?}");
    let calls = answer.err.lines().map(|line| line.split(['(', ')']).collect::<Vec<_>>());
    let names = calls.map(|parts| (parts[0], parts[parts.len() - 1])).collect::<Vec<_>>();
    let expected =
        [("· add_task", " → created"), ("· add_task", " → created"), ("· list_tasks", " → ok")];
    assert_eq!(names, expected, "{answer:?}");

    let tasks = list(&mut system.tasks().await).await;
    let [milk, dentist] = &tasks[..] else { panic!("two tasks: {tasks:?}") };
    assert_eq!((milk.title.as_str(), milk.priority()), ("buy milk", Priority::High));
    assert!(milk.due_time.is_some() && dentist.due_time.is_none());
    assert_eq!(
        (dentist.title.as_str(), &dentist.labels[..]),
        ("call the dentist", &["health".to_owned()][..])
    );
}

#[tokio::test]
async fn sub_selects_the_user() {
    let data = tempfile::tempdir().expect("a folder");
    let system = System::start(data.path()).await;
    create(&mut system.tasks().await, "water the plants").await.expect("a task");
    let ask = ["ask", "show my list"];
    let mine = run(&mut system.command(&ask)).await.succeeded();
    assert!(mine.out.contains("water the plants"), "{mine:?}");
    let hers = run(&mut system.command(&[&ask[..], &["--sub", "alice"]].concat())).await;
    assert!(!hers.succeeded().out.contains("water the plants"));
}

#[tokio::test]
async fn error_explains_how_to_start() {
    let data = tempfile::tempdir().expect("a folder");
    let address = free_address();
    for arguments in [&["ask", "hello"][..], &["chat"]] {
        let mut command = tandem(data.path(), arguments);
        command.env("TANDEM_CHAT__SERVER__LISTEN", &address);
        let line = run(&mut command).await.failed_with_a_line();
        assert!(line.contains(&address) && line.contains("start the system first"), "{line}");
    }
}

#[tokio::test]
async fn refused_message_is_one_error_line() {
    let data = tempfile::tempdir().expect("a folder");
    let system = System::start(data.path()).await;
    let line = run(&mut system.command(&["ask", " "])).await.failed_with_a_line();
    assert!(line.contains("InvalidArgument") && line.contains("content"), "{line}");
}
