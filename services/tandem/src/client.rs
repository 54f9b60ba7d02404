//! The gRPC client of the command line.

use std::time::Duration;

use tandem_error::Cause;
use tandem_proto::chat::chat_service_client::ChatServiceClient;
use tandem_proto::chat::{
    CancelTurnRequest, CreateConversationRequest, ListMessagesRequest, Message,
    StreamMessageRequest, TurnEvent,
};
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status, Streaming};

use crate::arguments::DEFAULT_TOKEN_HOURS;
use crate::settings::System;

/// The most pages read for one list.
const MAX_PAGES: usize = 100;

/// A client of the chat service, authenticated as one user.
pub(crate) struct Client {
    chat: ChatServiceClient<Channel>,
    bearer: MetadataValue<Ascii>,
}

impl Client {
    /// Connects to the running system that these settings describe.
    pub(crate) async fn connect(system: &System, sub: &str) -> Result<Self, Cause> {
        let address = system.chat.settings.server.listen;
        let endpoint = Endpoint::from_shared(format!("http://{address}"))?;
        let channel = endpoint.connect_timeout(Duration::from_secs(2)).connect().await;
        let channel = channel.map_err(|_| {
            format!("no connection to {address}: start the system first with `cargo run`")
        })?;
        let bearer =
            format!("Bearer {}", system.keys.user_token(sub, DEFAULT_TOKEN_HOURS)?).parse()?;
        Ok(Self { chat: ChatServiceClient::new(channel), bearer })
    }

    /// Creates a conversation and returns its id.
    pub(crate) async fn start_conversation(&mut self) -> Result<String, Cause> {
        let request = self.authenticated(CreateConversationRequest::default());
        let conversation = self.chat.create_conversation(request).await.map_err(status_message)?;
        Ok(conversation.into_inner().id)
    }

    /// Posts a message and returns the events of its turn.
    pub(crate) async fn post_message(
        &mut self,
        conversation_id: &str,
        content: String,
    ) -> Result<Streaming<TurnEvent>, Cause> {
        let request = StreamMessageRequest {
            conversation_id: conversation_id.to_owned(),
            content,
            time_zone: iana_time_zone::get_timezone().unwrap_or_default(),
            ..StreamMessageRequest::default()
        };
        let request = self.authenticated(request);
        Ok(self.chat.stream_message(request).await.map_err(status_message)?.into_inner())
    }

    pub(crate) async fn cancel_turn(&mut self, turn_id: &str) -> Result<(), Cause> {
        let id = turn_id.to_owned();
        let request = self.authenticated(CancelTurnRequest { id });
        self.chat.cancel_turn(request).await.map_err(status_message)?;
        Ok(())
    }

    /// The messages of a conversation, oldest first; at most [`MAX_PAGES`] pages of them.
    pub(crate) async fn list_messages(
        &mut self,
        conversation_id: &str,
    ) -> Result<Vec<Message>, Cause> {
        let mut messages = Vec::new();
        let mut list = ListMessagesRequest {
            conversation_id: conversation_id.to_owned(),
            page_size: 500,
            ..ListMessagesRequest::default()
        };
        for _ in 0..MAX_PAGES {
            let request = self.authenticated(list.clone());
            let page = self.chat.list_messages(request).await.map_err(status_message)?.into_inner();
            messages.extend(page.messages);
            list.page_token = page.next_page_token;
            if list.page_token.is_empty() {
                break;
            }
        }
        Ok(messages)
    }

    fn authenticated<M>(&self, message: M) -> Request<M> {
        let mut request = Request::new(message);
        request.metadata_mut().insert("authorization", self.bearer.clone());
        request
    }
}

/// The status as one line of text.
pub(crate) fn status_message(status: Status) -> Cause {
    format!("{} ({:?})", status.message(), status.code()).into()
}
