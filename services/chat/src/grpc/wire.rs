//! Messages to domain types and back. Requests have passed their checks when they come here.

use std::time::Duration;

use prost_types::{ListValue, Struct, value::Kind};
use serde_json::Value;
use tandem_aip::etag;
use tandem_error::Error;
use tandem_proto::chat as proto;
use tandem_proto::chat::turn_event::Event as Wire;
use uuid::Uuid;

use crate::domain::{
    Conversation, Event, Failure, Message, Role, State, ToolCall, ToolStatus, Turn,
};
use crate::store::StoredEvent;
use tandem_llm::{self as llm, Entry, Prompt};

/// Where a page of conversations ended. Encoded in page tokens.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub(super) struct Position {
    #[prost(bytes = "vec", tag = "1")]
    id: Vec<u8>,
}

impl Position {
    pub(super) fn of(id: Uuid) -> Self {
        Self { id: id.as_bytes().to_vec() }
    }

    pub(super) fn id(&self) -> Result<Uuid, Error> {
        Uuid::from_slice(&self.id).map_err(|_| Error::invalid("page_token", "is not a page token"))
    }
}

/// An id that has passed its check.
pub(super) fn id(id: &str) -> Result<Uuid, Error> {
    Uuid::try_parse(id).map_err(Error::internal)
}

/// A message to post and follow, as one to post.
pub(super) fn unstreamed(request: proto::StreamMessageRequest) -> proto::CreateMessageRequest {
    let proto::StreamMessageRequest {
        conversation_id,
        content,
        metadata,
        time_zone,
        model,
        request_id,
    } = request;
    proto::CreateMessageRequest { conversation_id, content, metadata, time_zone, model, request_id }
}

/// A message to the assistant, as one to post.
pub(super) fn anywhere(request: proto::ChatRequest) -> proto::CreateMessageRequest {
    let proto::ChatRequest {
        conversation_id,
        message: content,
        metadata,
        time_zone,
        model,
        request_id,
        user_id: _,
    } = request;
    proto::CreateMessageRequest { conversation_id, content, metadata, time_zone, model, request_id }
}

/// A conversation as callers see it, without messages. `retention` is how long a deleted conversation is
/// kept.
pub(super) fn conversation(conversation: Conversation, retention: Duration) -> proto::Conversation {
    proto::Conversation {
        id: conversation.id.to_string(),
        title: conversation.title,
        message_count: conversation.last_sequence,
        create_time: Some(conversation.created.into()),
        update_time: Some(conversation.updated.into()),
        delete_time: conversation.deleted.map(Into::into),
        purge_time: conversation.deleted.map(|deleted| (deleted + retention).into()),
        etag: etag::from_version(conversation.version),
        messages: Vec::new(),
    }
}

/// The one field of a conversation that callers set.
pub(super) fn title(conversation: proto::Conversation) -> String {
    // All fields by name: a new one that is left out does not compile.
    let proto::Conversation {
        title,
        // Set by the service.
        id: _,
        message_count: _,
        create_time: _,
        update_time: _,
        delete_time: _,
        purge_time: _,
        etag: _,
        messages: _,
    } = conversation;
    title
}

pub(super) fn message(message: Message) -> proto::Message {
    let role = match message.role {
        Role::User => proto::Role::User,
        Role::Assistant => proto::Role::Assistant,
    };
    proto::Message {
        id: message.id.to_string(),
        conversation_id: message.conversation_id.to_string(),
        sequence: message.sequence,
        role: role.into(),
        content: message.content,
        metadata: message.metadata,
        tool_calls: message.tool_calls.into_iter().map(tool_call).collect(),
        create_time: Some(message.created.into()),
        turn_id: message.turn_id.to_string(),
        incomplete: message.incomplete,
    }
}

fn tool_call(call: ToolCall) -> proto::ToolCall {
    let status = match call.status {
        ToolStatus::Running => proto::ToolCallStatus::Running,
        ToolStatus::Succeeded => proto::ToolCallStatus::Succeeded,
        ToolStatus::Failed => proto::ToolCallStatus::Failed,
    };
    proto::ToolCall {
        id: call.id,
        name: call.name,
        arguments: object(call.arguments),
        result: call.result.and_then(object),
        status: status.into(),
    }
}

pub(super) fn turn(turn: Turn) -> proto::Turn {
    let state = match turn.state {
        State::Running => proto::TurnState::Running,
        State::Completed => proto::TurnState::Completed,
        State::Failed => proto::TurnState::Failed,
        State::Cancelled => proto::TurnState::Cancelled,
    };
    proto::Turn {
        id: turn.id.to_string(),
        conversation_id: turn.conversation_id.to_string(),
        state: state.into(),
        user_message_id: turn.user_message_id.to_string(),
        assistant_message_id: turn
            .assistant_message_id
            .map(|it| it.to_string())
            .unwrap_or_default(),
        model: turn.model,
        create_time: Some(turn.created.into()),
        end_time: turn.ended.map(Into::into),
        usage: Some(proto::TurnUsage {
            model_call_count: turn.usage.model_calls,
            tool_call_count: turn.usage.tool_calls,
            input_token_count: turn.usage.input_tokens,
            output_token_count: turn.usage.output_tokens,
        }),
        error: turn.failure.as_ref().map(turn_error),
        last_sequence: turn.last_sequence,
        prompt: Vec::new(),
    }
}

pub(super) fn event(turn_id: Uuid, stored: StoredEvent) -> proto::TurnEvent {
    let event = match stored.event {
        Event::Started { message: user_message, model } => Wire::Started(proto::TurnStarted {
            conversation_id: user_message.conversation_id.to_string(),
            user_message: Some(message(user_message)),
            model,
        }),
        Event::Text(text) => Wire::TextDelta(proto::TextDelta { text }),
        Event::ToolStarted(call) => {
            Wire::ToolCallStarted(proto::ToolCallStarted { tool_call: Some(tool_call(call)) })
        }
        Event::ToolFinished(call) => {
            Wire::ToolCallFinished(proto::ToolCallFinished { tool_call: Some(tool_call(call)) })
        }
        Event::Completed { message: answer } => Wire::MessageCompleted(proto::MessageCompleted {
            assistant_message: Some(message(answer)),
        }),
        Event::Failed { failure, message: answer } => Wire::Failed(proto::TurnFailed {
            error: Some(turn_error(&failure)),
            assistant_message: answer.map(message),
        }),
        Event::Cancelled { message: answer } => {
            Wire::Cancelled(proto::TurnCancelled { assistant_message: answer.map(message) })
        }
    };
    proto::TurnEvent {
        turn_id: turn_id.to_string(),
        sequence: stored.sequence,
        event_time: Some(stored.time.into()),
        event: Some(event),
    }
}

/// What a model was given.
pub(super) fn prompt(prompt: Prompt) -> Vec<proto::PromptEntry> {
    let system = prompt_entry("system", prompt.system);
    let entries = prompt.entries.into_iter().map(|entry| match entry {
        Entry::User(content) => prompt_entry("user", content),
        Entry::Assistant { text, calls } => proto::PromptEntry {
            tool_calls: calls.into_iter().map(call).collect(),
            ..prompt_entry("assistant", text)
        },
        Entry::ToolResult { result, .. } => prompt_entry("tool", result.to_string()),
    });
    std::iter::once(system).chain(entries).collect()
}

fn prompt_entry(role: &str, content: String) -> proto::PromptEntry {
    proto::PromptEntry { role: role.to_owned(), content, tool_calls: Vec::new() }
}

fn call(call: llm::ToolCall) -> proto::ToolCall {
    proto::ToolCall {
        id: call.id,
        name: call.name,
        arguments: object(call.arguments),
        ..proto::ToolCall::default()
    }
}

fn turn_error(failure: &Failure) -> proto::TurnError {
    let reason = failure.reason().as_str_name().trim_start_matches("ERROR_REASON_").to_owned();
    proto::TurnError { reason, message: failure.message.clone() }
}

/// A JSON object; `None` for what is not an object.
fn object(value: Value) -> Option<Struct> {
    match value {
        Value::Object(map) => {
            let fields = map.into_iter().map(|(key, value)| (key, json(value))).collect();
            Some(Struct { fields })
        }
        _ => None,
    }
}

/// A JSON value; numbers are doubles, as `google.protobuf.Value` has them.
fn json(value: Value) -> prost_types::Value {
    let kind = match value {
        Value::Null => Kind::NullValue(0),
        Value::Bool(value) => Kind::BoolValue(value),
        Value::Number(value) => Kind::NumberValue(value.as_f64().unwrap_or_default()),
        Value::String(value) => Kind::StringValue(value),
        Value::Array(values) => {
            Kind::ListValue(ListValue { values: values.into_iter().map(json).collect() })
        }
        Value::Object(map) => Kind::StructValue(Struct {
            fields: map.into_iter().map(|(key, value)| (key, json(value))).collect(),
        }),
    };
    prost_types::Value { kind: Some(kind) }
}
