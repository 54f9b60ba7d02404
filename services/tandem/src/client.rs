//! The command line as a client of the running system.

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

use crate::arguments::HOURS;
use crate::settings::System;

/// The most pages read for one list.
const MAX_PAGES: usize = 100;

/// A user's connection to the chat service.
pub(crate) struct Client {
    chat: ChatServiceClient<Channel>,
    bearer: MetadataValue<Ascii>,
}

impl Client {
    /// Connects to the system that runs with these settings.
    pub(crate) async fn connect(system: &System, sub: &str) -> Result<Self, Cause> {
        let address = system.chat.settings.server.listen;
        let endpoint = Endpoint::from_shared(format!("http://{address}"))?;
        let channel = endpoint.connect_timeout(Duration::from_secs(2)).connect().await;
        let channel = channel.map_err(|_| {
            format!("nothing answers at {address}: start the system first, with `cargo run`")
        })?;
        let bearer = format!("Bearer {}", system.keys.token(sub, HOURS)?).parse()?;
        Ok(Self { chat: ChatServiceClient::new(channel), bearer })
    }

    /// Starts a conversation and answers its id.
    pub(crate) async fn start_conversation(&mut self) -> Result<String, Cause> {
        let request = self.request(CreateConversationRequest::default());
        let conversation = self.chat.create_conversation(request).await.map_err(explain)?;
        Ok(conversation.into_inner().id)
    }

    /// Posts a message; the answer comes as events.
    pub(crate) async fn post(
        &mut self,
        conversation_id: &str,
        content: String,
    ) -> Result<Streaming<TurnEvent>, Cause> {
        let zone = iana_time_zone::get_timezone().ok();
        let request = StreamMessageRequest {
            conversation_id: conversation_id.to_owned(),
            content,
            metadata: zone.map(|zone| ("time_zone".to_owned(), zone)).into_iter().collect(),
            ..StreamMessageRequest::default()
        };
        let request = self.request(request);
        Ok(self.chat.stream_message(request).await.map_err(explain)?.into_inner())
    }

    /// Cancels a turn.
    pub(crate) async fn cancel(&mut self, turn_id: &str) -> Result<(), Cause> {
        let id = turn_id.to_owned();
        let request = self.request(CancelTurnRequest { id });
        self.chat.cancel_turn(request).await.map_err(explain)?;
        Ok(())
    }

    /// The messages of a conversation, the oldest first; at most [`MAX_PAGES`] pages of them.
    pub(crate) async fn history(&mut self, conversation_id: &str) -> Result<Vec<Message>, Cause> {
        let mut messages = Vec::new();
        let mut list = ListMessagesRequest {
            conversation_id: conversation_id.to_owned(),
            page_size: 500,
            ..ListMessagesRequest::default()
        };
        for _ in 0..MAX_PAGES {
            let request = self.request(list.clone());
            let page = self.chat.list_messages(request).await.map_err(explain)?.into_inner();
            messages.extend(page.messages);
            list.page_token = page.next_page_token;
            if list.page_token.is_empty() {
                break;
            }
        }
        Ok(messages)
    }

    fn request<M>(&self, message: M) -> Request<M> {
        let mut request = Request::new(message);
        request.metadata_mut().insert("authorization", self.bearer.clone());
        request
    }
}

/// What a status says to people.
pub(crate) fn explain(status: Status) -> Cause {
    format!("{} ({:?})", status.message(), status.code()).into()
}
