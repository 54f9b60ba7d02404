//! Handlers for messages: reading them, and the three methods that post one.

use futures::StreamExt as _;
use tandem_aip::Order;
use tandem_aip::page::{self, Scope};
use tandem_auth::{Caller, Owner, audit};
use tandem_error::{Error, Violation, both, check, checked, is_uuid};
use tandem_proto::chat::{
    ChatRequest, ChatResponse, CreateMessageRequest, CreateMessageResponse, GetMessageRequest,
    ListMessagesRequest, ListMessagesResponse, Message, StreamMessageRequest,
};
use tandem_server::to_the_end;
use tonic::{Request, Response};

use super::service::EventStream;
use super::{ChatApi, RpcResult, expect_self, request_key, wire};
use crate::agent::TIME_ZONE;
use crate::domain::{self, TurnEvent};
use crate::store::{self, NewTurn, StartedTurn};

/// The default and the maximum page size.
const PAGE_SIZES: (u32, u32) = (50, 500);

impl ChatApi {
    pub(super) async fn handle_list_messages(
        &self,
        request: Request<ListMessagesRequest>,
    ) -> RpcResult<ListMessagesResponse> {
        let caller = Caller::of(&request)?.clone();
        let mut request = request.into_inner();
        let valid = check(&mut request);
        let order = Order::read(&request.order_by, &[("sequence", ())]);
        let size = page::size(std::mem::take(&mut request.page_size), PAGE_SIZES.0, PAGE_SIZES.1);
        let token = std::mem::take(&mut request.page_token);
        let (db, owner) = (self.db.reader(), caller.owner());
        let scope = Scope::of("ListMessages", owner.as_str(), &request);
        let (((), order), after) = both(both(valid, order), scope.position::<i64>(&token))?;
        let id = wire::parse_id(&request.conversation_id)?;
        store::find_conversation(db, owner, id).await?.ok_or(Error::Denied)?;
        let page = store::list_messages(db, owner, id, order.direction, after, size).await?;
        Ok(Response::new(ListMessagesResponse {
            messages: page.messages.into_iter().map(wire::message_to_proto).collect(),
            next_page_token: page.next.map(|next| scope.token(&next)).unwrap_or_default(),
        }))
    }

    pub(super) async fn handle_get_message(
        &self,
        request: Request<GetMessageRequest>,
    ) -> RpcResult<Message> {
        let caller = Caller::of(&request)?.clone();
        let request = checked(request.into_inner())?;
        let id = wire::parse_id(&request.id)?;
        let found = store::find_message(self.db.reader(), caller.owner(), id).await?;
        Ok(Response::new(wire::message_to_proto(found.ok_or(Error::Denied)?)))
    }

    pub(super) async fn handle_create_message(
        &self,
        request: Request<CreateMessageRequest>,
    ) -> RpcResult<CreateMessageResponse> {
        let caller = Caller::of(&request)?.clone();
        let mut request = request.into_inner();
        let valid = check(&mut request);
        let started = self.post_message(&caller, request, valid).await?;
        let answer = self.wait_for_answer(caller.owner(), &started).await?;
        let turn = store::find_turn(self.db.reader(), caller.owner(), started.turn_id).await?;
        let id = turn.ok_or(Error::Denied)?.user_message_id;
        let message = store::find_message(self.db.reader(), caller.owner(), id).await?;
        Ok(Response::new(CreateMessageResponse {
            user_message: message.map(wire::message_to_proto),
            assistant_message: Some(wire::message_to_proto(answer)),
            turn_id: started.turn_id.to_string(),
        }))
    }

    pub(super) async fn handle_stream_message(
        &self,
        request: Request<StreamMessageRequest>,
    ) -> RpcResult<EventStream> {
        let caller = Caller::of(&request)?.clone();
        let mut request = request.into_inner();
        let valid = check(&mut request);
        let request = wire::create_request_from_stream(request);
        let started = self.post_message(&caller, request, valid).await?;
        Ok(Response::new(self.event_stream(caller.owner(), started.turn_id, 0)))
    }

    pub(super) async fn handle_chat(
        &self,
        request: Request<ChatRequest>,
    ) -> RpcResult<ChatResponse> {
        let caller = Caller::of(&request)?.clone();
        let mut request = request.into_inner();
        let valid = check(&mut request);
        expect_self(&caller, "Chat", &request.user_id)?;
        let request = wire::create_request_from_chat(request);
        let started = self.post_message(&caller, request, valid).await?;
        let answer = self.wait_for_answer(caller.owner(), &started).await?;
        let answer = wire::message_to_proto(answer);
        Ok(Response::new(ChatResponse {
            conversation_id: started.conversation_id.to_string(),
            response: answer.content,
            tool_calls: answer.tool_calls,
            turn_id: started.turn_id.to_string(),
        }))
    }

    /// Starts a turn. The same request id finds the same turn, whichever method posts the message.
    /// `valid` is the result of validating the original request.
    async fn post_message(
        &self,
        caller: &Caller,
        mut request: CreateMessageRequest,
        valid: Result<(), Error>,
    ) -> Result<StartedTurn, Error> {
        let valid = both(valid, check_time_zone(&request));
        let model = match both(valid, self.agent.models().select_model(&request.model)) {
            Ok((_, model)) => model.name().to_owned(),
            Err(error) => return Err(self.denied_or_invalid(caller, &request, error).await),
        };
        let key = request_key("PostMessage", std::mem::take(&mut request.request_id), &request);
        let conversation_id = match request.conversation_id.as_str() {
            "" => None,
            id => Some(wire::parse_id(id)?),
        };
        let CreateMessageRequest { content, metadata, .. } = request;
        let new = NewTurn { conversation_id, content, metadata, model };
        let (agent, caller) = (self.agent.clone(), caller.clone());
        to_the_end(async move {
            let started = agent.post_message(caller.owner(), key, new).await?;
            audit::write(&caller, "PostMessage", &started.turn_id.to_string());
            Ok(started)
        })
        .await
    }

    /// The error for an invalid message: [`Error::Denied`] has precedence, so that a stranger learns
    /// nothing about the conversation.
    async fn denied_or_invalid(
        &self,
        caller: &Caller,
        request: &CreateMessageRequest,
        invalid: Error,
    ) -> Error {
        if !is_uuid(&request.conversation_id) {
            return invalid;
        }
        let Ok(id) = wire::parse_id(&request.conversation_id) else { return invalid };
        match store::find_conversation(self.db.reader(), caller.owner(), id).await {
            Ok(Some(_)) => invalid,
            Ok(None) => Error::Denied,
            Err(error) => error,
        }
    }

    /// Waits for the end of a turn and returns its answer.
    async fn wait_for_answer(
        &self,
        owner: &Owner,
        started: &StartedTurn,
    ) -> Result<domain::Message, Error> {
        match self.agent.wait_for_end(owner, started.turn_id).await?.event {
            TurnEvent::Completed { message } => Ok(message),
            TurnEvent::Failed { failure, .. } => {
                Err(Error::TurnFailed(wire::failure_to_error(&failure)))
            }
            TurnEvent::Cancelled { .. } => Err(Error::TurnFailed(wire::cancellation_error())),
            TurnEvent::Started { .. }
            | TurnEvent::Text(_)
            | TurnEvent::ToolStarted(_)
            | TurnEvent::ToolFinished(_) => {
                Err(Error::internal("a turn ended with an event that is not terminal"))
            }
        }
    }

    /// The events of the owner's turn after the sequence number `after`.
    pub(super) fn event_stream(
        &self,
        owner: &Owner,
        turn_id: uuid::Uuid,
        after: i64,
    ) -> EventStream {
        let events = self.agent.follow_turn(owner, turn_id, after);
        Box::pin(events.map(move |event| Ok(wire::event_to_proto(turn_id, event?))))
    }
}

fn check_time_zone(request: &CreateMessageRequest) -> Result<(), Error> {
    match request.metadata.get(TIME_ZONE) {
        Some(zone) if zone.parse::<chrono_tz::Tz>().is_err() => {
            let field = format!("metadata[{TIME_ZONE:?}]");
            let description = "is not an IANA time zone such as Europe/Berlin";
            Err(Error::Invalid(vec![Violation::new(field, description)]))
        }
        _ => Ok(()),
    }
}
