//! ChatService: which method is where.

use std::pin::Pin;

use tandem_proto::chat::chat_service_server::ChatService;
use tandem_proto::chat::*;
use tokio_stream::Stream;
use tonic::{Request, Response, Status, async_trait};

use super::ChatApi;
use super::export::Document;

/// The answer of a unary method.
type Answer<T> = Result<Response<T>, Status>;

/// The answer of a streaming method.
pub(super) type Events = Pin<Box<dyn Stream<Item = Result<TurnEvent, Status>> + Send>>;

#[async_trait]
impl ChatService for ChatApi {
    async fn create_conversation(
        &self,
        request: Request<CreateConversationRequest>,
    ) -> Answer<Conversation> {
        self.create(request).await
    }

    async fn get_conversation(
        &self,
        request: Request<GetConversationRequest>,
    ) -> Answer<Conversation> {
        self.get(request).await
    }

    async fn list_conversations(
        &self,
        request: Request<ListConversationsRequest>,
    ) -> Answer<ListConversationsResponse> {
        self.list(request).await
    }

    async fn update_conversation(
        &self,
        request: Request<UpdateConversationRequest>,
    ) -> Answer<Conversation> {
        self.update(request).await
    }

    async fn delete_conversation(
        &self,
        request: Request<DeleteConversationRequest>,
    ) -> Answer<Conversation> {
        self.delete(request).await
    }

    async fn undelete_conversation(
        &self,
        request: Request<UndeleteConversationRequest>,
    ) -> Answer<Conversation> {
        self.undelete(request).await
    }

    async fn search_messages(
        &self,
        request: Request<SearchMessagesRequest>,
    ) -> Answer<SearchMessagesResponse> {
        self.search(request).await
    }

    type ExportConversationStream = Document;

    async fn export_conversation(
        &self,
        request: Request<ExportConversationRequest>,
    ) -> Answer<Document> {
        self.export(request).await
    }

    async fn list_messages(
        &self,
        request: Request<ListMessagesRequest>,
    ) -> Answer<ListMessagesResponse> {
        self.messages(request).await
    }

    async fn get_message(&self, request: Request<GetMessageRequest>) -> Answer<Message> {
        self.message(request).await
    }

    async fn create_message(
        &self,
        request: Request<CreateMessageRequest>,
    ) -> Answer<CreateMessageResponse> {
        self.post_and_wait(request).await
    }

    type StreamMessageStream = Events;

    async fn stream_message(&self, request: Request<StreamMessageRequest>) -> Answer<Events> {
        self.post_and_follow(request).await
    }

    async fn chat(&self, request: Request<ChatRequest>) -> Answer<ChatResponse> {
        self.post_anywhere(request).await
    }

    async fn get_turn(&self, request: Request<GetTurnRequest>) -> Answer<Turn> {
        self.turn(request).await
    }

    type FollowTurnStream = Events;

    async fn follow_turn(&self, request: Request<FollowTurnRequest>) -> Answer<Events> {
        self.follow(request).await
    }

    async fn cancel_turn(&self, request: Request<CancelTurnRequest>) -> Answer<Turn> {
        self.cancel(request).await
    }

    async fn get_usage(&self, request: Request<GetUsageRequest>) -> Answer<GetUsageResponse> {
        self.usage(request).await
    }
}
