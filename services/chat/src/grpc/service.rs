//! The methods of `ChatService` and their handlers.

use tandem_proto::chat::chat_service_server::ChatService;
use tandem_proto::chat::*;
use tandem_server::ResponseStream;
use tonic::{Request, async_trait};

use super::export::DocumentStream;
use super::{ChatApi, RpcResult};

/// The events of a turn.
pub(super) type EventStream = ResponseStream<TurnEvent>;

#[async_trait]
impl ChatService for ChatApi {
    async fn create_conversation(
        &self,
        request: Request<CreateConversationRequest>,
    ) -> RpcResult<Conversation> {
        self.handle_create_conversation(request).await
    }

    async fn get_conversation(
        &self,
        request: Request<GetConversationRequest>,
    ) -> RpcResult<Conversation> {
        self.handle_get_conversation(request).await
    }

    async fn list_conversations(
        &self,
        request: Request<ListConversationsRequest>,
    ) -> RpcResult<ListConversationsResponse> {
        self.handle_list_conversations(request).await
    }

    async fn update_conversation(
        &self,
        request: Request<UpdateConversationRequest>,
    ) -> RpcResult<Conversation> {
        self.handle_update_conversation(request).await
    }

    async fn delete_conversation(
        &self,
        request: Request<DeleteConversationRequest>,
    ) -> RpcResult<Conversation> {
        self.handle_delete_conversation(request).await
    }

    async fn undelete_conversation(
        &self,
        request: Request<UndeleteConversationRequest>,
    ) -> RpcResult<Conversation> {
        self.handle_undelete_conversation(request).await
    }

    async fn search_messages(
        &self,
        request: Request<SearchMessagesRequest>,
    ) -> RpcResult<SearchMessagesResponse> {
        self.handle_search_messages(request).await
    }

    type ExportConversationStream = DocumentStream;

    async fn export_conversation(
        &self,
        request: Request<ExportConversationRequest>,
    ) -> RpcResult<DocumentStream> {
        self.handle_export_conversation(request).await
    }

    async fn list_messages(
        &self,
        request: Request<ListMessagesRequest>,
    ) -> RpcResult<ListMessagesResponse> {
        self.handle_list_messages(request).await
    }

    async fn get_message(&self, request: Request<GetMessageRequest>) -> RpcResult<Message> {
        self.handle_get_message(request).await
    }

    async fn create_message(
        &self,
        request: Request<CreateMessageRequest>,
    ) -> RpcResult<CreateMessageResponse> {
        self.handle_create_message(request).await
    }

    type StreamMessageStream = EventStream;

    async fn stream_message(
        &self,
        request: Request<StreamMessageRequest>,
    ) -> RpcResult<EventStream> {
        self.handle_stream_message(request).await
    }

    async fn chat(&self, request: Request<ChatRequest>) -> RpcResult<ChatResponse> {
        self.handle_chat(request).await
    }

    async fn get_turn(&self, request: Request<GetTurnRequest>) -> RpcResult<Turn> {
        self.handle_get_turn(request).await
    }

    type FollowTurnStream = EventStream;

    async fn follow_turn(&self, request: Request<FollowTurnRequest>) -> RpcResult<EventStream> {
        self.handle_follow_turn(request).await
    }

    async fn cancel_turn(&self, request: Request<CancelTurnRequest>) -> RpcResult<Turn> {
        self.handle_cancel_turn(request).await
    }

    async fn get_usage(&self, request: Request<GetUsageRequest>) -> RpcResult<GetUsageResponse> {
        self.handle_get_usage(request).await
    }
}
