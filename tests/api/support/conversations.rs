//! Calls of the chat service.

use tandem_proto::chat::{
    Conversation, CreateConversationRequest, CreateMessageRequest, DeleteConversationRequest,
    GetConversationRequest, ListConversationsRequest, ListConversationsResponse,
    UpdateConversationRequest,
};

use crate::support::app::{App, Start};
use crate::support::controlled_model::{scripted, text};
use crate::support::manual_clock::Hands;
use crate::support::test_conversation::Chat;

pub(crate) fn creation(title: &str) -> CreateConversationRequest {
    let conversation = Conversation { title: title.to_owned(), ..Default::default() };
    CreateConversationRequest { conversation: Some(conversation), ..Default::default() }
}

pub(crate) async fn create(chat: &Chat, title: &str) -> Conversation {
    let created = chat.clone().create_conversation(creation(title)).await;
    created.expect("a new conversation").into_inner()
}

pub(crate) async fn get(chat: &Chat, id: &str) -> Conversation {
    let request = GetConversationRequest { id: id.to_owned(), ..Default::default() };
    chat.clone().get_conversation(request).await.expect("the conversation").into_inner()
}

pub(crate) fn renaming(id: &str, etag: &str, title: &str) -> UpdateConversationRequest {
    let (id, etag, title) = (id.to_owned(), etag.to_owned(), title.to_owned());
    let conversation = Conversation { id, etag, title, ..Default::default() };
    UpdateConversationRequest { conversation: Some(conversation), ..Default::default() }
}

pub(crate) fn deletion(id: &str, etag: &str) -> DeleteConversationRequest {
    let (id, etag) = (id.to_owned(), etag.to_owned());
    DeleteConversationRequest { id, etag, ..Default::default() }
}

pub(crate) async fn delete(chat: &Chat, id: &str) -> Conversation {
    let deleted = chat.clone().delete_conversation(deletion(id, "")).await;
    deleted.expect("deletion").into_inner()
}

pub(crate) async fn page(
    chat: &Chat,
    request: ListConversationsRequest,
) -> ListConversationsResponse {
    chat.clone().list_conversations(request).await.expect("a page").into_inner()
}

pub(crate) async fn titles(chat: &Chat, show_deleted: bool) -> Vec<String> {
    let request = ListConversationsRequest { show_deleted, ..Default::default() };
    page(chat, request).await.conversations.into_iter().map(|it| it.title).collect()
}

/// A system whose model answers every message.
pub(crate) async fn answering(hands: &Hands) -> App {
    let model = scripted(|_| vec![text("An answer.")]);
    App::start_with(Start { clock: hands.clock(), model, ..Start::default() }).await
}

pub(crate) async fn say(chat: &Chat, conversation_id: &str, content: &str) {
    let (conversation_id, content) = (conversation_id.to_owned(), content.to_owned());
    let request = CreateMessageRequest { conversation_id, content, ..Default::default() };
    chat.clone().create_message(request).await.expect("an answer");
}

pub(crate) async fn conversation_count(chat: &Chat) -> usize {
    let request = ListConversationsRequest { show_deleted: true, ..Default::default() };
    let list = chat.clone().list_conversations(request).await.expect("a list");
    list.into_inner().conversations.len()
}
