//! Handler for exports: a conversation as one document, read one page of messages at a time.

use serde_json::{Value, json};
use tandem_aip::Direction;
use tandem_aip::page::PageLimits;
use tandem_auth::Caller;
use tandem_error::{Error, validate};
use tandem_proto::api::HttpBody;
use tandem_proto::chat::{ExportConversationRequest, ExportFormat};
use tandem_server::{MessageSender, ResponseStream};
use tonic::{Request, Response};

use super::{ChatApi, RpcResult, wire};
use crate::domain::{Conversation, Message, Role, ToolCall};
use crate::store;

/// The chunks of a document.
pub(super) type DocumentStream = ResponseStream<HttpBody>;

/// How many messages one query reads.
const BATCH: u32 = 50;

impl ChatApi {
    pub(super) async fn handle_export_conversation(
        &self,
        request: Request<ExportConversationRequest>,
    ) -> RpcResult<DocumentStream> {
        let caller = Caller::from_request(&request)?.clone();
        let request = validate(request.into_inner())?;
        let (id, owner) = (wire::parse_id(&request.id)?, caller.owner().clone());
        let found = store::find_conversation(self.db.reader(), &owner, id).await?;
        let conversation = found.ok_or(Error::Denied)?;
        let writer = DocumentWriter::for_format(request.format());
        let (db, max_bytes) = (self.db.clone(), self.streams.buffer_bytes);
        let document = |sender: MessageSender<HttpBody>| async move {
            let head = writer.make_chunk(writer.write_head(&conversation), writer.content_type());
            sender.send(head).await;
            let mut after = None;
            loop {
                let limits = PageLimits { items: BATCH, bytes: max_bytes };
                let up = Direction::Ascending;
                let page = store::list_messages(db.reader(), &owner, id, up, after, limits).await?;
                for message in &page.messages {
                    sender.send(writer.make_chunk(writer.write_message(message), "")).await;
                }
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            sender.send(writer.make_chunk(writer.write_end(), "")).await;
            Ok(())
        };
        Ok(Response::new(ResponseStream::spawn(&self.streams, document)))
    }
}

/// Writes a document in one format.
#[derive(Clone, Copy)]
enum DocumentWriter {
    Json,
    Markdown,
}

impl DocumentWriter {
    fn for_format(format: ExportFormat) -> Self {
        match format {
            ExportFormat::Unspecified | ExportFormat::Json => Self::Json,
            ExportFormat::Markdown => Self::Markdown,
        }
    }

    fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Markdown => "text/markdown; charset=utf-8",
        }
    }

    fn make_chunk(self, content: String, content_type: &str) -> HttpBody {
        let (data, content_type) = (content.into_bytes(), content_type.to_owned());
        HttpBody { content_type, data, extensions: Vec::new() }
    }

    fn write_head(self, conversation: &Conversation) -> String {
        match self {
            Self::Json => {
                let head = json!({
                    "id": conversation.id,
                    "title": conversation.title,
                    "createTime": conversation.created.to_string(),
                });
                // The JSON object stays open for the messages.
                format!("{},\"messages\":[", head.to_string().trim_end_matches('}'))
            }
            Self::Markdown => {
                let title = match conversation.title.as_str() {
                    "" => "Conversation",
                    title => title,
                };
                format!("# {title}\n\n{}\n", conversation.created)
            }
        }
    }

    fn write_message(self, message: &Message) -> String {
        match self {
            Self::Json => {
                let comma = if message.sequence == 1 { "" } else { "," };
                format!("{comma}{}", message_to_json(message))
            }
            Self::Markdown => {
                let mut text = format!("\n## {}\n\n{}\n", role_name(message.role), message.content);
                for call in &message.tool_calls {
                    text.push_str(&format!("\n- `{}` `{}`\n", call.name, call.arguments));
                }
                text
            }
        }
    }

    fn write_end(self) -> String {
        match self {
            Self::Json => "]}\n".to_owned(),
            Self::Markdown => String::new(),
        }
    }
}

fn message_to_json(message: &Message) -> Value {
    json!({
        "id": message.id,
        "sequence": message.sequence,
        "role": role_name(message.role).to_uppercase(),
        "content": message.content,
        "metadata": message.metadata,
        "toolCalls": message.tool_calls.iter().map(call_to_json).collect::<Vec<_>>(),
        "incomplete": message.incomplete,
        "createTime": message.created.to_string(),
    })
}

fn call_to_json(call: &ToolCall) -> Value {
    json!({"name": call.name, "arguments": call.arguments, "result": call.result})
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::User => "User",
        Role::Assistant => "Assistant",
    }
}
