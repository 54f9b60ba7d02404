//! Conversion between protobuf messages and domain types. Requests have been validated before.

use std::time::Duration;

use prost_types::{ListValue, Struct, value::Kind};
use serde_json::Value;
use tandem_aip::etag;
use tandem_error::Error;
use tandem_proto::chat as proto;
use tandem_proto::chat::turn_event::Event as ProtoEvent;
use uuid::Uuid;

use crate::domain::{
    Conversation, Message, Role, ToolCall, ToolStatus, Turn, TurnEvent, TurnFailure, TurnState,
};
use crate::store::StoredEvent;
use tandem_llm::{self as llm, Entry, Prompt};

/// The position of a page of conversations, encoded in page tokens.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub(super) struct ConversationPosition {
    #[prost(bytes = "vec", tag = "1")]
    id: Vec<u8>,
}

impl ConversationPosition {
    pub(super) fn from_id(id: Uuid) -> Self {
        Self { id: id.as_bytes().to_vec() }
    }

    pub(super) fn id(&self) -> Result<Uuid, Error> {
        Uuid::from_slice(&self.id).map_err(|_| Error::invalid("page_token", "is not a page token"))
    }
}

/// Parses an id that has been validated.
pub(super) fn parse_id(id: &str) -> Result<Uuid, Error> {
    Uuid::try_parse(id).map_err(Error::internal)
}

/// The request of `CreateMessage` that is equivalent to one of `StreamMessage`. Not `From`: both types
/// belong to another crate.
pub(super) fn create_request_from_stream(
    request: proto::StreamMessageRequest,
) -> proto::CreateMessageRequest {
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

/// The request of `CreateMessage` that is equivalent to one of `Chat`.
pub(super) fn create_request_from_chat(request: proto::ChatRequest) -> proto::CreateMessageRequest {
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

/// The conversation without its messages. `retention` is how long a deleted conversation is kept.
pub(super) fn conversation_to_proto(
    conversation: Conversation,
    retention: Duration,
) -> proto::Conversation {
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

/// The title, the only field of a conversation that callers set.
pub(super) fn title_from_proto(conversation: proto::Conversation) -> String {
    // Exhaustive: a new field does not compile until it is either used or ignored here.
    let proto::Conversation {
        title,
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

pub(super) fn message_to_proto(message: Message) -> proto::Message {
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
        tool_calls: message.tool_calls.into_iter().map(tool_call_to_proto).collect(),
        create_time: Some(message.created.into()),
        turn_id: message.turn_id.to_string(),
        incomplete: message.incomplete,
    }
}

fn tool_call_to_proto(call: ToolCall) -> proto::ToolCall {
    let status = match call.status {
        ToolStatus::Running => proto::ToolCallStatus::Running,
        ToolStatus::Succeeded => proto::ToolCallStatus::Succeeded,
        ToolStatus::Failed => proto::ToolCallStatus::Failed,
    };
    proto::ToolCall {
        id: call.id,
        name: call.name,
        arguments: to_struct(call.arguments),
        result: call.result.and_then(to_struct),
        status: status.into(),
    }
}

pub(super) fn turn_to_proto(turn: Turn) -> proto::Turn {
    let state = match turn.state {
        TurnState::Running => proto::TurnState::Running,
        TurnState::Completed => proto::TurnState::Completed,
        TurnState::Failed => proto::TurnState::Failed,
        TurnState::Cancelled => proto::TurnState::Cancelled,
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
        error: turn.failure.as_ref().map(failure_to_proto),
        last_sequence: turn.last_sequence,
        prompt: Vec::new(),
    }
}

pub(super) fn event_to_proto(turn_id: Uuid, stored: StoredEvent) -> proto::TurnEvent {
    let event = match stored.event {
        TurnEvent::Started { message: user_message, model } => {
            ProtoEvent::Started(proto::TurnStarted {
                conversation_id: user_message.conversation_id.to_string(),
                user_message: Some(message_to_proto(user_message)),
                model,
            })
        }
        TurnEvent::Text(text) => ProtoEvent::TextDelta(proto::TextDelta { text }),
        TurnEvent::ToolStarted(call) => ProtoEvent::ToolCallStarted(proto::ToolCallStarted {
            tool_call: Some(tool_call_to_proto(call)),
        }),
        TurnEvent::ToolFinished(call) => ProtoEvent::ToolCallFinished(proto::ToolCallFinished {
            tool_call: Some(tool_call_to_proto(call)),
        }),
        TurnEvent::Completed { message: answer } => {
            ProtoEvent::MessageCompleted(proto::MessageCompleted {
                assistant_message: Some(message_to_proto(answer)),
            })
        }
        TurnEvent::Failed { failure, message: answer } => ProtoEvent::Failed(proto::TurnFailed {
            error: Some(failure_to_proto(&failure)),
            assistant_message: answer.map(message_to_proto),
        }),
        TurnEvent::Cancelled { message: answer } => ProtoEvent::Cancelled(proto::TurnCancelled {
            assistant_message: answer.map(message_to_proto),
        }),
    };
    proto::TurnEvent {
        turn_id: turn_id.to_string(),
        sequence: stored.sequence,
        event_time: Some(stored.time.into()),
        event: Some(event),
    }
}

pub(super) fn prompt_to_proto(prompt: Prompt) -> Vec<proto::PromptEntry> {
    let system = prompt_entry("system", prompt.system);
    let entries = prompt.entries.into_iter().map(|entry| match entry {
        Entry::User(content) => prompt_entry("user", content),
        Entry::Assistant { text, calls } => proto::PromptEntry {
            tool_calls: calls.into_iter().map(planned_call_to_proto).collect(),
            ..prompt_entry("assistant", text)
        },
        Entry::ToolResult { result, .. } => prompt_entry("tool", result.to_string()),
    });
    std::iter::once(system).chain(entries).collect()
}

fn prompt_entry(role: &str, content: String) -> proto::PromptEntry {
    proto::PromptEntry { role: role.to_owned(), content, tool_calls: Vec::new() }
}

fn planned_call_to_proto(call: llm::ToolCall) -> proto::ToolCall {
    proto::ToolCall {
        id: call.id,
        name: call.name,
        arguments: to_struct(call.arguments),
        ..proto::ToolCall::default()
    }
}

fn failure_to_proto(failure: &TurnFailure) -> proto::TurnError {
    let reason =
        failure.error_reason().as_str_name().trim_start_matches("ERROR_REASON_").to_owned();
    let retry_delay = failure.retry_delay.and_then(|it| it.try_into().ok());
    proto::TurnError { reason, message: failure.message.clone(), retry_delay }
}

/// Converts a JSON object; `None` for any other value.
fn to_struct(value: Value) -> Option<Struct> {
    match value {
        Value::Object(map) => {
            let fields = map.into_iter().map(|(key, value)| (key, to_proto_value(value))).collect();
            Some(Struct { fields })
        }
        _ => None,
    }
}

/// Converts a JSON value. Numbers become doubles, the only numbers of `google.protobuf.Value`.
fn to_proto_value(value: Value) -> prost_types::Value {
    let kind = match value {
        Value::Null => Kind::NullValue(0),
        Value::Bool(value) => Kind::BoolValue(value),
        Value::Number(value) => Kind::NumberValue(value.as_f64().unwrap_or_default()),
        Value::String(value) => Kind::StringValue(value),
        Value::Array(values) => {
            Kind::ListValue(ListValue { values: values.into_iter().map(to_proto_value).collect() })
        }
        Value::Object(map) => Kind::StructValue(Struct {
            fields: map.into_iter().map(|(key, value)| (key, to_proto_value(value))).collect(),
        }),
    };
    prost_types::Value { kind: Some(kind) }
}
