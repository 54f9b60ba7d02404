//! A conversation whose answers the test writes.

use std::sync::Arc;

use futures::StreamExt as _;
use tandem_llm::Model;
use tandem_proto::chat::chat_service_client::ChatServiceClient;
use tandem_proto::chat::turn_event::Event;
use tandem_proto::chat::{
    CreateConversationRequest, CreateMessageRequest, CreateMessageResponse, FollowTurnRequest,
    GetTurnRequest, ListMessagesRequest, Message, StreamMessageRequest, Turn, TurnEvent,
};
use tokio::task::JoinHandle;
use tonic::transport::Channel;
use tonic::{Response, Status, Streaming};

use crate::support::app::{App, As, Start};
use crate::support::controlled_model::{Asks, newest, puppet, scripted, text};

/// A user's door to their conversations.
pub(crate) type Chat = ChatServiceClient<As<Channel>>;

/// A message that was posted, while its answer is not there.
pub(crate) type Posted = JoinHandle<Result<Response<CreateMessageResponse>, Status>>;

/// One conversation of alice.
pub(crate) struct Talk {
    /// The system that it is in.
    pub(crate) app: App,
    /// The door of alice.
    pub(crate) chat: Chat,
    /// The conversation.
    pub(crate) id: String,
}

impl Talk {
    /// A new conversation with a puppet.
    pub(crate) async fn with_puppet() -> (Self, Asks) {
        let (model, asks) = puppet();
        (Self::with(model).await, asks)
    }

    /// A new conversation with a model.
    pub(crate) async fn with(model: Arc<dyn Model>) -> Self {
        Self::start(Start { model, ..Start::default() }).await
    }

    /// A new conversation in a system of its own.
    pub(crate) async fn start(start: Start) -> Self {
        let app = App::start_with(start).await;
        let chat = app.chat_as("alice");
        let id = begin(&chat).await;
        Self { app, chat, id }
    }

    /// A message for this conversation.
    pub(crate) fn message(&self, content: &str) -> CreateMessageRequest {
        let (conversation_id, content) = (self.id.clone(), content.to_owned());
        CreateMessageRequest { conversation_id, content, ..Default::default() }
    }

    /// Posts a message, without waiting for the answer.
    pub(crate) fn post(&self, message: CreateMessageRequest) -> Posted {
        let mut chat = self.chat.clone();
        tokio::spawn(async move { chat.create_message(message).await })
    }

    /// Posts a message and waits.
    pub(crate) async fn say(
        &self,
        content: &str,
    ) -> Result<Response<CreateMessageResponse>, Status> {
        self.chat.clone().create_message(self.message(content)).await
    }

    /// Posts a message and follows its turn.
    pub(crate) async fn stream(&self, content: &str) -> Streaming<TurnEvent> {
        let (conversation_id, content) = (self.id.clone(), content.to_owned());
        let request = StreamMessageRequest { conversation_id, content, ..Default::default() };
        self.chat.clone().stream_message(request).await.expect("a stream").into_inner()
    }

    /// Follows a turn behind an event.
    pub(crate) async fn follow(&self, turn_id: &str, after: i64) -> Streaming<TurnEvent> {
        let request = FollowTurnRequest { id: turn_id.to_owned(), after_sequence: after };
        self.chat.clone().follow_turn(request).await.expect("a stream").into_inner()
    }

    /// A turn as it stands.
    pub(crate) async fn turn(&self, id: &str) -> Turn {
        let request = GetTurnRequest { id: id.to_owned(), ..Default::default() };
        self.chat.clone().get_turn(request).await.expect("the turn").into_inner()
    }

    /// The messages of the conversation, the oldest first.
    pub(crate) async fn messages(&self) -> Vec<Message> {
        let conversation_id = self.id.clone();
        let request = ListMessagesRequest { conversation_id, page_size: 500, ..Default::default() };
        self.chat.clone().list_messages(request).await.expect("a list").into_inner().messages
    }

    /// The turn of the newest message.
    pub(crate) async fn newest_turn(&self) -> String {
        self.messages().await.pop().expect("a message").turn_id
    }
}

/// A new conversation.
pub(crate) async fn begin(chat: &Chat) -> String {
    let request = CreateConversationRequest::default();
    chat.clone().create_conversation(request).await.expect("a conversation").into_inner().id
}

/// The answer to a message that was posted.
pub(crate) async fn answer(posted: Posted) -> CreateMessageResponse {
    posted.await.expect("no panic").expect("an answer").into_inner()
}

/// The next event of a turn.
pub(crate) async fn next(events: &mut Streaming<TurnEvent>) -> TurnEvent {
    events.next().await.expect("another event").expect("no error")
}

/// The rest of a turn's events.
pub(crate) async fn rest(events: Streaming<TurnEvent>) -> Vec<TurnEvent> {
    events.map(|event| event.expect("no error")).collect().await
}

/// The message that a turn ended with, whichever way it ended.
pub(crate) fn ended_with(events: &[TurnEvent]) -> Option<&Message> {
    match events.last().and_then(|last| last.event.as_ref()) {
        Some(Event::MessageCompleted(end)) => end.assistant_message.as_ref(),
        Some(Event::Failed(end)) => end.assistant_message.as_ref(),
        Some(Event::Cancelled(end)) => end.assistant_message.as_ref(),
        other => panic!("an end: {other:?}"),
    }
}

/// A conversation in which every message is answered with an echo.
pub(crate) async fn echoing() -> Talk {
    Talk::with(scripted(|prompt| vec![text(&format!("You said: {}", newest(prompt)))])).await
}
