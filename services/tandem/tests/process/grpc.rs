//! Clients of both services.

use std::net::SocketAddr;
use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, SqliteConnection};
use tandem_proto::chat::chat_service_client::ChatServiceClient;
use tandem_proto::chat::turn_event::Event;
use tandem_proto::chat::{CreateConversationRequest, StreamMessageRequest, TurnEvent};
use tandem_proto::task::task_service_client::TaskServiceClient;
use tandem_proto::task::{CreateTaskRequest, ListTasksRequest, Task};
use tandem_test_support::process::in_time;
use tandem_test_support::{AuthenticatedChannel, Bearer};
use tonic::transport::{Channel, Endpoint};
use tonic::{Status, Streaming};

/// A client of the task service.
pub(crate) type Tasks = TaskServiceClient<AuthenticatedChannel>;

/// A client of the chat service.
pub(crate) type Chats = ChatServiceClient<AuthenticatedChannel>;

/// A connection to a service.
pub(crate) async fn channel(address: SocketAddr) -> Channel {
    let endpoint = Endpoint::from_shared(format!("http://{address}")).expect("an address");
    in_time("a connection", endpoint.connect()).await.expect("the service listens")
}

/// The task service at `address`, called with `token`.
pub(crate) async fn tasks(address: SocketAddr, token: &str) -> Tasks {
    TaskServiceClient::with_interceptor(channel(address).await, Bearer::new(token))
}

/// The chat service at `address`, called with `token`.
pub(crate) async fn chats(address: SocketAddr, token: &str) -> Chats {
    ChatServiceClient::with_interceptor(channel(address).await, Bearer::new(token))
}

/// Creates a task.
pub(crate) async fn create(tasks: &mut Tasks, title: &str) -> Result<Task, Status> {
    let task = Task { title: title.to_owned(), ..Task::default() };
    let request = CreateTaskRequest { task: Some(task), ..CreateTaskRequest::default() };
    in_time("a task", tasks.create_task(request)).await.map(tonic::Response::into_inner)
}

/// All tasks of the caller, by number.
pub(crate) async fn list(tasks: &mut Tasks) -> Vec<Task> {
    let mut request = ListTasksRequest {
        page_size: 1000,
        order_by: "number".to_owned(),
        ..ListTasksRequest::default()
    };
    let mut all = Vec::new();
    loop {
        let page = in_time("a page of tasks", tasks.list_tasks(request.clone())).await;
        let page = page.expect("a page").into_inner();
        all.extend(page.tasks);
        if page.next_page_token.is_empty() {
            return all;
        }
        request.page_token = page.next_page_token;
    }
}

/// Creates a conversation and returns its id.
pub(crate) async fn create_conversation(chats: &mut Chats) -> Result<String, Status> {
    let started = chats.create_conversation(CreateConversationRequest::default());
    Ok(in_time("a conversation", started).await?.into_inner().id)
}

/// Posts a message and follows its turn.
pub(crate) async fn post(
    chats: &mut Chats,
    conversation: &str,
    content: &str,
) -> Result<Streaming<TurnEvent>, Status> {
    let request = StreamMessageRequest {
        conversation_id: conversation.to_owned(),
        content: content.to_owned(),
        ..StreamMessageRequest::default()
    };
    Ok(in_time("the events", chats.stream_message(request)).await?.into_inner())
}

/// Reads events up to the first that `wanted` accepts, and returns all of them.
pub(crate) async fn events_until(
    events: &mut Streaming<TurnEvent>,
    wanted: impl Fn(&Event) -> bool,
) -> Vec<TurnEvent> {
    let mut seen = Vec::new();
    loop {
        let next = in_time("an event", events.message()).await.expect("no error");
        let event = next.unwrap_or_else(|| panic!("the stream ends with {seen:?}"));
        let is_wanted = event.event.as_ref().is_some_and(&wanted);
        seen.push(event);
        if is_wanted {
            return seen;
        }
    }
}

/// Whether an event is the last of its turn.
pub(crate) fn is_end(event: &Event) -> bool {
    matches!(event, Event::MessageCompleted(_) | Event::Failed(_) | Event::Cancelled(_))
}

/// A write lock on a SQLite database, as if held by another process: other writers wait until it is
/// released or dropped.
pub(crate) struct WriteLock(SqliteConnection);

impl WriteLock {
    /// Takes the lock of the SQLite file at `path`.
    pub(crate) async fn take(path: &Path) -> Self {
        let options = SqliteConnectOptions::new().filename(path);
        let mut connection = SqliteConnection::connect_with(&options).await.expect("a database");
        sqlx::query("BEGIN IMMEDIATE").execute(&mut connection).await.expect("the lock is free");
        Self(connection)
    }

    /// Releases the lock.
    pub(crate) async fn release(mut self) {
        sqlx::query("ROLLBACK").execute(&mut self.0).await.expect("the lock was held");
        self.0.close().await.expect("it closes");
    }
}
