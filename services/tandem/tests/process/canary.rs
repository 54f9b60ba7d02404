//! The log contains no user text and no token.

use std::path::Path;

use tandem_proto::chat::{
    ChatRequest, Conversation, CreateConversationRequest, CreateMessageRequest,
};
use tandem_proto::task::{CreateTaskRequest, GetTaskRequest, ListTasksRequest, Task, TaskFilter};
use tonic::{Code, Request};

use crate::grpc::{self, WriteLock, create};
use crate::system::System;

/// Part of every text that must not be in the log.
const CANARY: &str = "canary";

/// Logs of all crates of the system as JSON, and a short limit on the wait for a lock.
const SETTINGS: [(&str, &str); 4] = [
    ("TANDEM_CHAT__LOG__FORMAT", "json"),
    ("TANDEM_TASK__LOG__FORMAT", "json"),
    (
        "TANDEM_CHAT__LOG__FILTER",
        "info,tandem=trace,tandem_aip=trace,tandem_auth=trace,tandem_chat=trace,\
         tandem_database=trace,tandem_error=trace,tandem_server=trace,tandem_task=trace,\
         tandem_task_tools=trace",
    ),
    ("TANDEM_TASK__DATABASE__ACQUIRE_TIMEOUT", "1s"),
];

#[tokio::test]
async fn log_has_no_user_text_and_no_token() {
    let data = tempfile::tempdir().expect("a folder");
    let mut system = System::start_with(data.path(), &SETTINGS).await;
    let token = system.token_for("alice").await;
    send_messages(&system, &token).await;
    write_tasks(&system, &token).await;
    write_while_locked(&system, &token, data.path()).await;
    present_invalid_tokens(&system, &token).await;
    system.signal("TERM").await;
    system.end().await;

    let (out, log) = (system.out.to_end().await, system.err.to_end().await);
    let lines = log.lines().map(|line| -> serde_json::Value {
        serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"))
    });
    let messages = lines.filter_map(|line| line["message"].as_str().map(str::to_owned));
    let messages = messages.collect::<Vec<_>>();
    for message in ["call", "tool call", "write"] {
        assert!(messages.iter().any(|it| it == message), "{message:?} is logged:\n{log}");
    }
    let parts = token.split('.').chain(system.token.rsplit('.').take(1));
    for secret in parts.skip(1).chain([CANARY, "Y2FuYXJ5"]) {
        let found = log.lines().find(|line| line.to_lowercase().contains(&secret.to_lowercase()));
        assert_eq!(found, None, "{secret} is in the log");
    }
    assert!(!out.to_lowercase().contains(CANARY), "{out}");
}

/// Sends canaries in messages, metadata, headers and titles.
async fn send_messages(system: &System, token: &str) {
    let mut chats = grpc::chats(system.chat, token).await;
    let metadata = [("canary-key".to_owned(), "canary-value".to_owned())];
    for message in ["add feed the canary", "finish canary", "canary!", "delete task 1"] {
        let request = ChatRequest {
            message: message.to_owned(),
            metadata: metadata.clone().into(),
            ..ChatRequest::default()
        };
        let mut request = Request::new(request);
        request.metadata_mut().insert("x-canary", "canary-header".parse().expect("a value"));
        chats.chat(request).await.expect("an answer");
    }
    let conversation = Conversation { title: "canary-title".to_owned(), ..Conversation::default() };
    let request = CreateConversationRequest {
        conversation: Some(conversation),
        ..CreateConversationRequest::default()
    };
    let started = chats.create_conversation(request).await.expect("a conversation").into_inner();
    let request = CreateMessageRequest {
        conversation_id: started.id,
        content: "canary".repeat(2_000),
        ..CreateMessageRequest::default()
    };
    let refused = chats.create_message(request).await.expect_err("too long");
    assert_eq!(refused.code(), Code::InvalidArgument);
    let request = CreateMessageRequest {
        conversation_id: "canary-id".to_owned(),
        content: "hello".to_owned(),
        model: "canary-model".to_owned(),
        ..CreateMessageRequest::default()
    };
    chats.create_message(request).await.expect_err("no id");
}

/// Writes canaries into tasks and searches for them.
async fn write_tasks(system: &System, token: &str) {
    let mut tasks = grpc::tasks(system.task, token).await;
    let task = Task {
        title: "canary-title".to_owned(),
        description: "canary-description".to_owned(),
        labels: vec!["canary-label".to_owned()],
        ..Task::default()
    };
    let request =
        CreateTaskRequest { task: Some(task.clone()), request_id: "one-request".to_owned() };
    tasks.create_task(request.clone()).await.expect("a task");
    let other = Task { title: "canary-other".to_owned(), ..task.clone() };
    let reused = tasks.create_task(CreateTaskRequest { task: Some(other), ..request }).await;
    assert_eq!(reused.expect_err("the id is taken").code(), Code::AlreadyExists);
    let long = Task { title: "canary".repeat(100), ..task };
    let request = CreateTaskRequest { task: Some(long), ..CreateTaskRequest::default() };
    tasks.create_task(request).await.expect_err("too long");
    tasks.get_task(GetTaskRequest { id: "canary-id".to_owned() }).await.expect_err("no id");
    let filter = TaskFilter { query: "canary".to_owned(), ..TaskFilter::default() };
    let mut request = ListTasksRequest { filter: Some(filter), ..ListTasksRequest::default() };
    let found = tasks.list_tasks(request.clone()).await.expect("a page").into_inner();
    assert!(!found.tasks.is_empty());
    request.page_token = "canary-page".to_owned();
    tasks.list_tasks(request).await.expect_err("no page");
}

/// Writes canaries while the database is locked.
async fn write_while_locked(system: &System, token: &str, data: &Path) {
    let lock = WriteLock::take(&data.join("task.db")).await;
    let mut tasks = grpc::tasks(system.task, token).await;
    let refused = create(&mut tasks, "canary-in-vain").await.expect_err("it is locked");
    assert_eq!(refused.code(), Code::Unavailable, "{refused:?}");
    let request = ChatRequest { message: "add canary seed".to_owned(), ..ChatRequest::default() };
    let mut chats = grpc::chats(system.chat, token).await;
    chats.chat(request).await.expect("an answer");
    lock.release().await;
}

/// Calls with invalid tokens.
async fn present_invalid_tokens(system: &System, token: &str) {
    let (unsigned, _) = token.rsplit_once('.').expect("a signature");
    let forged = format!("{unsigned}.{}", "Y2FuYXJ5".repeat(10));
    for bad in [forged.as_str(), "canary-hunter2-password", "canary.canary.canary"] {
        let refused = create(&mut grpc::tasks(system.task, bad).await, "canary-stranger").await;
        assert_eq!(refused.expect_err("a bad token").code(), Code::Unauthenticated);
    }
}
