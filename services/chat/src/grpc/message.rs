//! Messages: reading them, and the three ways of posting one.

use futures::StreamExt as _;
use tandem_aip::Order;
use tandem_aip::page::{self, Scope};
use tandem_auth::{Caller, Owner, audit};
use tandem_error::{Error, Violation, combine_violations, is_uuid, validate, validate_mut};
use tandem_proto::chat::{
    ChatRequest, ChatResponse, CreateMessageRequest, CreateMessageResponse, GetMessageRequest,
    ListMessagesRequest, ListMessagesResponse, Message, StreamMessageRequest,
};
use tandem_server::run_to_completion;
use tonic::{Request, Response, Status};

use super::service::Events;
use super::{ChatApi, expect_self, key, wire};
use crate::agent::TIME_ZONE;
use crate::domain::{self, Event, errors};
use crate::store::{self, NewTurn, Posted};

impl ChatApi {
    pub(super) async fn messages(
        &self,
        request: Request<ListMessagesRequest>,
    ) -> Result<Response<ListMessagesResponse>, Status> {
        let caller = Caller::from_request(&request)?.clone();
        let mut request = request.into_inner();
        let rules = validate_mut(&mut request);
        let order = Order::parse(&request.order_by, &[("sequence", ())]);
        let size = page::size(
            std::mem::take(&mut request.page_size),
            ListMessagesRequest::DEFAULT_PAGE_SIZE,
            ListMessagesRequest::MAX_PAGE_SIZE,
        );
        let token = std::mem::take(&mut request.page_token);
        let (db, owner) = (self.db.reader(), caller.owner());
        let scope = Scope::of("ListMessages", owner.as_str(), &request);
        let (((), order), after) =
            combine_violations(combine_violations(rules, order), scope.position::<i64>(&token))?;
        let id = wire::id(&request.conversation_id)?;
        store::find_conversation(db, owner, id).await?.ok_or(Error::Denied)?;
        let page = store::list_messages(db, owner, id, order.direction, after, size).await?;
        Ok(Response::new(ListMessagesResponse {
            messages: page.messages.into_iter().map(wire::message).collect(),
            next_page_token: page.next.map(|next| scope.token(&next)).unwrap_or_default(),
        }))
    }

    pub(super) async fn message(
        &self,
        request: Request<GetMessageRequest>,
    ) -> Result<Response<Message>, Status> {
        let caller = Caller::from_request(&request)?.clone();
        let request = validate(request.into_inner())?;
        let id = wire::id(&request.id)?;
        let found = store::find_message(self.db.reader(), caller.owner(), id).await?;
        Ok(Response::new(wire::message(found.ok_or(Error::Denied)?)))
    }

    pub(super) async fn post_and_wait(
        &self,
        request: Request<CreateMessageRequest>,
    ) -> Result<Response<CreateMessageResponse>, Status> {
        let caller = Caller::from_request(&request)?.clone();
        let mut request = request.into_inner();
        let rules = validate_mut(&mut request);
        let posted = self.post(&caller, request, rules).await?;
        let answer = self.answer(caller.owner(), &posted).await?;
        let turn = store::find_turn(self.db.reader(), caller.owner(), posted.turn_id).await?;
        let id = turn.ok_or(Error::Denied)?.user_message_id;
        let message = store::find_message(self.db.reader(), caller.owner(), id).await?;
        Ok(Response::new(CreateMessageResponse {
            user_message: message.map(wire::message),
            assistant_message: Some(wire::message(answer)),
            turn_id: posted.turn_id.to_string(),
        }))
    }

    pub(super) async fn post_and_follow(
        &self,
        request: Request<StreamMessageRequest>,
    ) -> Result<Response<Events>, Status> {
        let caller = Caller::from_request(&request)?.clone();
        let mut request = request.into_inner();
        let rules = validate_mut(&mut request);
        let posted = self.post(&caller, wire::unstreamed(request), rules).await?;
        Ok(Response::new(self.events(caller.owner(), posted.turn_id, 0)))
    }

    pub(super) async fn post_anywhere(
        &self,
        request: Request<ChatRequest>,
    ) -> Result<Response<ChatResponse>, Status> {
        let caller = Caller::from_request(&request)?.clone();
        let mut request = request.into_inner();
        let rules = validate_mut(&mut request);
        expect_self(&caller, "Chat", &request.user_id)?;
        let posted = self.post(&caller, wire::anywhere(request), rules).await?;
        let answer = self.answer(caller.owner(), &posted).await?;
        let answer = wire::message(answer);
        Ok(Response::new(ChatResponse {
            conversation_id: posted.conversation_id.to_string(),
            response: answer.content,
            tool_calls: answer.tool_calls,
            turn_id: posted.turn_id.to_string(),
        }))
    }

    /// Starts a turn. However a message is posted, the same request id finds the same turn. `rules` is
    /// what the rules of the request's own fields say.
    async fn post(
        &self,
        caller: &Caller,
        mut request: CreateMessageRequest,
        rules: Result<(), Error>,
    ) -> Result<Posted, Error> {
        let rules = combine_violations(rules, check_time_zones(&request));
        let model = match combine_violations(rules, self.agent.models().find(&request.model)) {
            Ok((_, model)) => model.name().to_owned(),
            Err(error) => return Err(self.refusal(caller, &request, error).await),
        };
        move_time_zone(&mut request);
        let key = key("PostMessage", std::mem::take(&mut request.request_id), &request);
        let conversation_id = match request.conversation_id.as_str() {
            "" => None,
            id => Some(wire::id(id)?),
        };
        let CreateMessageRequest { content, metadata, .. } = request;
        let new = NewTurn { conversation_id, content, metadata, model };
        let (agent, caller) = (self.agent.clone(), caller.clone());
        run_to_completion(async move {
            let posted = agent.post(caller.owner(), key, new).await?;
            audit::log_write(&caller, "PostMessage", &posted.turn_id.to_string());
            Ok(posted)
        })
        .await
    }

    /// What somebody hears whose message is not valid: first of all whether the conversation is theirs.
    async fn refusal(
        &self,
        caller: &Caller,
        request: &CreateMessageRequest,
        invalid: Error,
    ) -> Error {
        if !is_uuid(&request.conversation_id) {
            return invalid;
        }
        let Ok(id) = wire::id(&request.conversation_id) else { return invalid };
        match store::find_conversation(self.db.reader(), caller.owner(), id).await {
            Ok(Some(_)) => invalid,
            Ok(None) => Error::Denied,
            Err(error) => error,
        }
    }

    /// The answer of a turn, when it has ended with one.
    async fn answer(&self, owner: &Owner, posted: &Posted) -> Result<domain::Message, Error> {
        match self.agent.end_of(owner, posted.turn_id).await?.event {
            Event::Completed { message } => Ok(message),
            Event::Failed { failure, .. } => Err(errors::turn_failed(&failure)),
            _ => Err(errors::turn_cancelled()),
        }
    }

    /// The events of the owner's turn as callers see them.
    pub(super) fn events(&self, owner: &Owner, turn_id: uuid::Uuid, after: i64) -> Events {
        let events = self.agent.follow(owner, turn_id, after);
        Box::pin(events.map(move |event| Ok(wire::event(turn_id, event?))))
    }
}

/// Refuses unknown time zones, in the field and in the metadata.
fn check_time_zones(request: &CreateMessageRequest) -> Result<(), Error> {
    let named = Some(&request.time_zone).filter(|zone| !zone.is_empty());
    let violations = [
        named.and_then(|zone| check_time_zone(TIME_ZONE.to_owned(), zone)),
        request
            .metadata
            .get(TIME_ZONE)
            .and_then(|zone| check_time_zone(format!("metadata[{TIME_ZONE:?}]"), zone)),
    ];
    let violations = violations.into_iter().flatten().collect::<Vec<_>>();
    if violations.is_empty() { Ok(()) } else { Err(Error::Invalid(violations)) }
}

fn check_time_zone(field: String, zone: &str) -> Option<Violation> {
    let description = "is not an IANA time zone such as Europe/Berlin";
    zone.parse::<chrono_tz::Tz>().is_err().then(|| Violation::new(field, description))
}

/// Moves the time zone to the metadata, as which it is stored. Before the digest of the request is taken:
/// the same zone in the field and in the metadata is the same request.
fn move_time_zone(request: &mut CreateMessageRequest) {
    let zone = std::mem::take(&mut request.time_zone);
    if !zone.is_empty() {
        request.metadata.insert(TIME_ZONE.to_owned(), zone);
    }
}
