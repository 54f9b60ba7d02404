//! `tandem chat`: a conversation, here through a pipe.

use std::process::Stdio;

use tandem_proto::chat::{ListMessagesRequest, Role};
use tokio::io::AsyncWriteExt as _;

use crate::grpc::{WriteLock, list};
use crate::output::{Output, in_time};
use crate::run::{program, run, run_with_input};
use crate::system::System;

#[tokio::test]
async fn two_messages_are_one_conversation_that_can_be_gone_on_with() {
    let data = tempfile::tempdir().expect("a folder");
    let system = System::start(data.path()).await;
    let input = "add buy milk\nmark it as done\n/history\n";
    let talk = run_with_input(&mut system.command(&["chat"]), input).await.succeeded();

    let (answers, history) = talk.out.split_once("> add buy milk\n").expect("the history");
    assert!(answers.contains("buy milk") && history.contains("> mark it as done\n"), "{talk:?}");
    assert_eq!(history.matches("· ").count(), 2, "{talk:?}");
    assert!(talk.err.contains("· add_task(") && talk.err.contains("· complete_task("), "{talk:?}");
    // "It" is known from the message before.
    let tasks = list(&mut system.tasks().await).await;
    assert!(matches!(&tasks[..], [milk] if milk.complete_time.is_some()), "{tasks:?}");

    let id = conversation(&talk.err);
    let on = ["chat", "--conversation", &id];
    let talk = run_with_input(&mut system.command(&on), "show my list\n").await.succeeded();
    assert_eq!(conversation(&talk.err), id);
    assert_eq!(roles(&system, &id).await, [Role::User, Role::Assistant].repeat(3));
}

#[tokio::test]
async fn a_message_that_is_refused_does_not_end_the_conversation() {
    let data = tempfile::tempdir().expect("a folder");
    let system = System::start(data.path()).await;
    let input = format!("{}\n\nadd buy milk\n", "x".repeat(10_001));
    let talk = run_with_input(&mut system.command(&["chat"]), &input).await.succeeded();
    assert!(talk.err.lines().any(|line| line.starts_with("error: ")), "{talk:?}");
    assert!(talk.out.contains("buy milk"), "{talk:?}");
    let id = conversation(&talk.err);
    assert_eq!(roles(&system, &id).await, [Role::User, Role::Assistant], "the empty line is none");
}

#[tokio::test]
async fn ctrl_c_cancels_the_answer_that_is_under_way_and_the_conversation_goes_on() {
    let data = tempfile::tempdir().expect("a folder");
    // The tool call that waits for the lock is given up soon, so that the turn can end.
    let system = System::start_with(data.path(), &[("TANDEM_TASK__SERVER__DEADLINE", "2s")]).await;
    let mut chat = system.command(&["chat"]).stdin(Stdio::piped()).spawn().expect("it starts");
    let mut input = chat.stdin.take().expect("a pipe");
    let out = Output::of(chat.stdout.take().expect("a pipe"));
    let err = Output::of(chat.stderr.take().expect("a pipe"));

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
    assert!(!out.to_end().await.is_empty(), "the message after it has an answer");
    assert!(!list(&mut system.tasks().await).await.iter().any(|task| task.title == "eggs"));
}

/// The id in the first line.
fn conversation(err: &str) -> String {
    let id = err.lines().find_map(|line| line.strip_prefix("conversation ")).expect("a first line");
    id.split(' ').next().expect("an id").to_owned()
}

/// Who said what is in a conversation.
async fn roles(system: &System, conversation: &str) -> Vec<Role> {
    let request =
        ListMessagesRequest { conversation_id: conversation.to_owned(), ..Default::default() };
    let messages = system.chats().await.list_messages(request).await.expect("a list");
    messages.into_inner().messages.iter().map(tandem_proto::chat::Message::role).collect()
}
