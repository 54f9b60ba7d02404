//! `tandem chat` with its input from a pipe.

use std::process::Stdio;

use tandem_proto::chat::{ListMessagesRequest, Role};
use tandem_test_support::process::{Output, in_time, program};
use tokio::io::AsyncWriteExt as _;

use crate::grpc::{WriteLock, list};
use crate::run::{run, run_with_input};
use crate::system::System;

#[tokio::test]
async fn conversation_can_be_resumed() {
    let data = tempfile::tempdir().expect("a folder");
    let system = System::start(data.path()).await;
    let input = "add buy milk\nmark it as done\n/history\n";
    let outcome = run_with_input(&mut system.command(&["chat"]), input).await.succeeded();

    let (answers, history) = outcome.out.split_once("> add buy milk\n").expect("the history");
    assert!(answers.contains("buy milk") && history.contains("> mark it as done\n"), "{outcome:?}");
    assert_eq!(history.matches("· ").count(), 2, "{outcome:?}");
    assert!(
        outcome.err.contains("· add_task(") && outcome.err.contains("· complete_task("),
        "{outcome:?}"
    );
    // "It" refers to the task of the previous message.
    let tasks = list(&mut system.tasks().await).await;
    assert!(matches!(&tasks[..], [milk] if milk.complete_time.is_some()), "{tasks:?}");

    let id = conversation(&outcome.err);
    let on = ["chat", "--conversation", &id];
    let outcome = run_with_input(&mut system.command(&on), "show my list\n").await.succeeded();
    assert_eq!(conversation(&outcome.err), id);
    assert_eq!(roles(&system, &id).await, [Role::User, Role::Assistant].repeat(3));
}

#[tokio::test]
async fn continues_after_a_refused_message() {
    let data = tempfile::tempdir().expect("a folder");
    let system = System::start(data.path()).await;
    let input = format!("{}\n\nadd buy milk\n", "x".repeat(10_001));
    let outcome = run_with_input(&mut system.command(&["chat"]), &input).await.succeeded();
    assert!(outcome.err.lines().any(|line| line.starts_with("error: ")), "{outcome:?}");
    assert!(outcome.out.contains("buy milk"), "{outcome:?}");
    let id = conversation(&outcome.err);
    assert_eq!(
        roles(&system, &id).await,
        [Role::User, Role::Assistant],
        "the empty line is not a message"
    );
}

#[tokio::test]
async fn ctrl_c_cancels_only_the_answer() {
    let data = tempfile::tempdir().expect("a folder");
    // A short deadline ends the tool call that waits for the lock, so that the turn can end.
    let system = System::start_with(data.path(), &[("TANDEM_TASK__SERVER__DEADLINE", "2s")]).await;
    let mut chat = system.command(&["chat"]).stdin(Stdio::piped()).spawn().expect("it starts");
    let mut input = chat.stdin.take().expect("a pipe");
    let out = Output::read(chat.stdout.take().expect("a pipe"));
    let err = Output::read(chat.stderr.take().expect("a pipe"));

    let lock = WriteLock::take(&data.path().join("task.db")).await;
    input.write_all(b"show my list, then add buy milk, then add eggs\n").await.expect("it reads");
    err.until("· list_tasks(").await;
    let id = chat.id().expect("it runs").to_string();
    run(program("kill").args(["-s", "INT", &id])).await.succeeded();
    err.until("cancelled\n").await;
    lock.release().await;

    input.write_all(b"hello\n").await.expect("it reads");
    drop(input);
    let status = in_time("the end of the chat", chat.wait()).await.expect("a status");
    assert_eq!(status.code(), Some(0), "{}", err.to_end().await);
    assert!(!out.to_end().await.is_empty(), "the next message is answered");
    assert!(!list(&mut system.tasks().await).await.iter().any(|task| task.title == "eggs"));
}

/// The conversation id in the first line.
fn conversation(err: &str) -> String {
    let id = err.lines().find_map(|line| line.strip_prefix("conversation ")).expect("a first line");
    id.split(' ').next().expect("an id").to_owned()
}

/// The author of each message of a conversation.
async fn roles(system: &System, conversation: &str) -> Vec<Role> {
    let request =
        ListMessagesRequest { conversation_id: conversation.to_owned(), ..Default::default() };
    let messages = system.chats().await.list_messages(request).await.expect("a list");
    messages.into_inner().messages.iter().map(tandem_proto::chat::Message::role).collect()
}
