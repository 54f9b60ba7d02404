//! Handlers for the three methods that post a message.

use std::sync::Arc;

use tandem_auth::{Caller, Owner, audit};
use tandem_error::{Error, Violation, combine_violations, is_uuid, validate_mut};
use tandem_proto::chat::{
    ChatRequest, ChatResponse, CreateMessageRequest, CreateMessageResponse, StreamMessageRequest,
};
use tandem_proto::errors::ErrorReason;
use tandem_server::run_to_completion;
use tonic::{Request, Response};

use crate::agent::TIME_ZONE;
use crate::domain::{self, TurnEvent, errors};
use crate::grpc::early_headers::Headers;
use crate::grpc::service::EventStream;
use crate::grpc::{ChatApi, RpcResult, expect_self, request_key, wire};
use crate::store::{self, NewTurn, StartedTurn};

impl ChatApi {
    pub(in crate::grpc) async fn handle_create_message(
        &self,
        request: Request<CreateMessageRequest>,
    ) -> RpcResult<CreateMessageResponse> {
        let caller = Caller::from_request(&request)?.clone();
        let mut request = request.into_inner();
        let valid = validate_mut(&mut request);
        let has_id = !request.request_id.is_empty();
        let started = self.post_message(&caller, request, valid).await?;
        let answer = self.wait_for_answer(caller.owner(), &started, has_id).await?;
        let turn = store::find_turn(self.db.reader(), caller.owner(), started.turn_id).await?;
        let id = turn.ok_or(Error::Denied)?.user_message_id;
        let message = store::find_message(self.db.reader(), caller.owner(), id).await?;
        Ok(Response::new(CreateMessageResponse {
            user_message: message.map(wire::message_to_proto),
            assistant_message: Some(wire::message_to_proto(answer)),
            turn_id: started.turn_id.to_string(),
        }))
    }

    pub(in crate::grpc) async fn handle_stream_message(
        &self,
        request: Request<StreamMessageRequest>,
    ) -> RpcResult<EventStream> {
        let caller = Caller::from_request(&request)?.clone();
        let mut request = request.into_inner();
        let valid = validate_mut(&mut request);
        let request = wire::create_request_from_stream(request);
        let started = self.post_message(&caller, request, valid).await?;
        Ok(Response::new(self.event_stream(caller.owner(), started.turn_id, 0)))
    }

    pub(in crate::grpc) async fn handle_chat(
        &self,
        request: Request<ChatRequest>,
    ) -> RpcResult<ChatResponse> {
        let caller = Caller::from_request(&request)?.clone();
        let mut request = request.into_inner();
        let valid = validate_mut(&mut request);
        expect_self(&caller, "Chat", &request.user_id)?;
        let request = wire::create_request_from_chat(request);
        let has_id = !request.request_id.is_empty();
        let started = self.post_message(&caller, request, valid).await?;
        let answer = self.wait_for_answer(caller.owner(), &started, has_id).await?;
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
        let valid = combine_violations(valid, check_time_zones(&request));
        let model =
            match combine_violations(valid, self.agent.models().select_model(&request.model)) {
                Ok((_, model)) => model.name().to_owned(),
                Err(error) => return Err(self.denied_or_invalid(caller, &request, error).await),
            };
        move_time_zone(&mut request);
        let key = request_key("PostMessage", std::mem::take(&mut request.request_id), &request);
        let conversation_id = match request.conversation_id.as_str() {
            "" => None,
            id => Some(wire::parse_id(id)?),
        };
        let CreateMessageRequest { content, metadata, .. } = request;
        let new = NewTurn { conversation_id, content, metadata, model };
        let (agent, caller) = (self.agent.clone(), caller.clone());
        // A repeat with a request id is safe.
        let headers = key.request_id.is_empty().then(|| Arc::new(Headers::of_call()));
        run_to_completion(async move {
            let due = headers.clone();
            let before_commit = move || due.iter().for_each(|headers| headers.send());
            let posted = agent.post_message(caller.owner(), key, new, before_commit).await;
            let may_be_stored = headers.is_some_and(|headers| headers.were_due());
            let started = posted.map_err(|error| post_error(error, may_be_stored))?;
            audit::log_write(&caller, "PostMessage", &started.turn_id.to_string());
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

    /// Waits for the end of a turn and returns its answer. `has_id`: the same call finds the turn again.
    async fn wait_for_answer(
        &self,
        owner: &Owner,
        started: &StartedTurn,
        has_id: bool,
    ) -> Result<domain::Message, Error> {
        let StartedTurn { turn_id, conversation_id } = *started;
        let posted = errors::Posted { turn_id, conversation_id };
        let end = self.agent.wait_for_end(owner, turn_id).await;
        match end.map_err(|error| wait_error(error, posted, has_id))?.event {
            TurnEvent::Completed { message } => Ok(message),
            TurnEvent::Failed { failure, .. } => Err(errors::turn_failed(posted, &failure)),
            TurnEvent::Cancelled { .. } => Err(errors::turn_cancelled(posted)),
            TurnEvent::Started { .. }
            | TurnEvent::Text(_)
            | TurnEvent::ToolStarted(_)
            | TurnEvent::ToolFinished(_) => {
                Err(Error::internal("a turn ended with an event that is not terminal"))
            }
        }
    }
}

/// The error of a call that failed to store its message. Without a request id, if the commit failed, a repeat
/// could store it again.
fn post_error(error: Error, may_be_stored: bool) -> Error {
    match error {
        Error::DatabaseUnavailable(cause) if may_be_stored => {
            tracing::warn!(error = cause.as_ref(), "database unavailable");
            errors::post_outcome_unknown()
        }
        error => error,
    }
}

/// The error of a call that could not wait for its turn. Without a request id a repeat would post the message
/// again.
fn wait_error(error: Error, posted: errors::Posted, has_id: bool) -> Error {
    match error {
        error if has_id => error,
        Error::ShuttingDown => errors::answer_unavailable(posted, ErrorReason::ShuttingDown),
        Error::DatabaseUnavailable(cause) => {
            tracing::warn!(error = cause.as_ref(), "database unavailable");
            errors::answer_unavailable(posted, ErrorReason::DatabaseUnavailable)
        }
        error => error,
    }
}

/// Rejects unknown time zones, in the field and in the metadata.
fn check_time_zones(request: &CreateMessageRequest) -> Result<(), Error> {
    let in_field = Some(&request.time_zone).filter(|zone| !zone.is_empty());
    let in_field = in_field.and_then(|zone| check_time_zone(TIME_ZONE.to_owned(), zone));
    let in_metadata = request.metadata.get(TIME_ZONE);
    let in_metadata =
        in_metadata.and_then(|zone| check_time_zone(format!("metadata[{TIME_ZONE:?}]"), zone));
    let violations = in_field.into_iter().chain(in_metadata).collect::<Vec<_>>();
    if violations.is_empty() { Ok(()) } else { Err(Error::Invalid(violations)) }
}

fn check_time_zone(field: String, zone: &str) -> Option<Violation> {
    let description = "is not an IANA time zone such as Europe/Berlin";
    zone.parse::<chrono_tz::Tz>().is_err().then(|| Violation::new(field, description))
}

/// Moves the time zone to the metadata, where it is stored. Runs before the digest of the request is
/// computed, because a zone in the field and the same zone in the metadata are the same request.
fn move_time_zone(request: &mut CreateMessageRequest) {
    let zone = std::mem::take(&mut request.time_zone);
    if !zone.is_empty() {
        request.metadata.insert(TIME_ZONE.to_owned(), zone);
    }
}
