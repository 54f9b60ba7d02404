//! `kill -9` of the chat service while a call waits for its answer behind a proxy that repeats calls as a
//! service mesh does: without a request id the message is not posted again.

use std::time::Duration;

use tandem_proto::chat::chat_service_client::ChatServiceClient;
use tandem_proto::chat::{
    ChatRequest, FollowTurnRequest, ListConversationsRequest, ListMessagesRequest, Message, Role,
};
use tandem_proto::task::ListTasksRequest;
use tandem_test_support::mesh_proxy::MeshProxy;
use tandem_test_support::postgres;
use tokio::time::{interval, timeout};

use super::system::{Clients, System, Victim};

/// Numbers of the events after which the service is killed, of the ten of a turn.
const MOMENTS: [i64; 4] = [1, 3, 5, 8];

/// Limit of each wait.
const LIMIT: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_mesh_repeats_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = |service| format!("sqlite:{}", folder.path().join(service).display());
    kill_behind_mesh(url("chat.db"), url("task.db")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_mesh_repeats_nothing() {
    let (Some(chat), Some(task)) = (postgres::database(), postgres::database()) else { return };
    kill_behind_mesh(chat, task).await;
}

async fn kill_behind_mesh(chat: String, task: String) {
    let mut system = System::start(chat, task).await;
    let services = system.services();
    let mesh = MeshProxy::start(&system.chat_url()).await;
    let endpoint = tonic::transport::Endpoint::from_shared(mesh.url()).expect("a URL");
    let channel = endpoint.connect().await.expect("the proxy");
    for (round, moment) in MOMENTS.into_iter().enumerate() {
        let mut chat = ChatServiceClient::with_interceptor(channel.clone(), services.bearer());
        let message = format!("Errand {round}");
        let request = ChatRequest { message: message.clone(), ..ChatRequest::default() };
        let posted = tokio::spawn(async move { chat.chat(request).await });
        let turn = timeout(LIMIT, posted_message(&services, round + 1)).await.expect("a message");
        assert_eq!(turn.content, message);
        follow(&services, &turn.turn_id, Some(moment)).await;
        system.kill(Victim::Chat).await;
        // The answer if the turn had ended, or else an error; the turn goes on.
        let _ = timeout(LIMIT, posted).await.expect("an end").expect("no panic");
        timeout(LIMIT, follow_to_the_end(&services, &turn.turn_id)).await.expect("an end");
    }
    let rounds = MOMENTS.len();
    assert_eq!(own_messages(&services).await.len(), rounds, "each message is stored once");
    let request = ListTasksRequest { page_size: 1000, ..ListTasksRequest::default() };
    let tasks = services.tasks().list_tasks(request).await.expect("a list").into_inner().tasks;
    assert_eq!(tasks.len(), 2 * rounds, "each turn has its two tasks");
}

/// The newest message of the user, as soon as there are `count`.
async fn posted_message(services: &Clients, count: usize) -> Message {
    let mut again = interval(Duration::from_millis(5));
    loop {
        let mut messages = own_messages(services).await;
        if messages.len() == count {
            return messages.remove(0);
        }
        again.tick().await;
    }
}

/// The messages of the user, the newest first.
async fn own_messages(services: &Clients) -> Vec<Message> {
    let request = ListConversationsRequest { page_size: 100, ..Default::default() };
    let list = services.chat().list_conversations(request).await.expect("a list").into_inner();
    let mut own = Vec::new();
    for conversation in list.conversations {
        let request =
            ListMessagesRequest { conversation_id: conversation.id, ..Default::default() };
        let page = services.chat().list_messages(request).await.expect("a list").into_inner();
        own.extend(page.messages.into_iter().filter(|message| message.role() == Role::User));
    }
    own
}

/// Reads a turn until the event `moment`, or to its end. Returns whether it got there.
async fn follow(services: &Clients, turn_id: &str, moment: Option<i64>) -> bool {
    let request = FollowTurnRequest { id: turn_id.to_owned(), after_sequence: 0 };
    let Ok(events) = services.chat().follow_turn(request).await else { return false };
    let mut events = events.into_inner();
    loop {
        match events.message().await {
            Ok(Some(event)) if moment.is_some_and(|moment| event.sequence >= moment) => {
                return true;
            }
            Ok(Some(_)) => {}
            Ok(None) => return true,
            Err(_) => return false,
        }
    }
}

async fn follow_to_the_end(services: &Clients, turn_id: &str) {
    let mut again = interval(Duration::from_millis(50));
    while !follow(services, turn_id, None).await {
        again.tick().await;
    }
}
