//! A whole conversation as one document, a page of messages at a time.

use std::pin::Pin;

use async_stream::try_stream;
use serde_json::{Value, json};
use tandem_aip::Direction;
use tandem_auth::Caller;
use tandem_error::{Error, validate};
use tandem_proto::api::HttpBody;
use tandem_proto::chat::{ExportConversationRequest, ExportFormat};
use tokio_stream::Stream;
use tonic::{Request, Response, Status};

use super::{ChatApi, wire};
use crate::domain::{Conversation, Message, Role};
use crate::store;

/// A document as it is sent.
pub(super) type Document = Pin<Box<dyn Stream<Item = Result<HttpBody, Status>> + Send>>;

/// How many messages are read at a time.
const PAGE: u32 = 50;

impl ChatApi {
    pub(super) async fn export(
        &self,
        request: Request<ExportConversationRequest>,
    ) -> Result<Response<Document>, Status> {
        let caller = Caller::from_request(&request)?.clone();
        let request = validate(request.into_inner())?;
        let (id, owner) = (wire::id(&request.id)?, caller.owner().clone());
        let found = store::find_conversation(self.db.reader(), &owner, id).await?;
        let conversation = found.ok_or(Error::Denied)?;
        let writer = Writer::of(request.format());
        let db = self.db.clone();
        let document = try_stream! {
            yield writer.piece(writer.begin(&conversation), writer.content_type());
            let mut after = None;
            loop {
                let up = Direction::Ascending;
                let page = store::list_messages(db.reader(), &owner, id, up, after, PAGE).await?;
                for message in &page.messages {
                    yield writer.piece(writer.message(message), "");
                }
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            yield writer.piece(writer.end(), "");
        };
        Ok(Response::new(Box::pin(document)))
    }
}

/// Writes a document in one of the formats.
#[derive(Clone, Copy)]
enum Writer {
    Json,
    Markdown,
}

impl Writer {
    fn of(format: ExportFormat) -> Self {
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

    fn piece(self, content: String, content_type: &str) -> HttpBody {
        let (data, content_type) = (content.into_bytes(), content_type.to_owned());
        HttpBody { content_type, data, extensions: Vec::new() }
    }

    fn begin(self, conversation: &Conversation) -> String {
        match self {
            Self::Json => {
                let head = json!({
                    "id": conversation.id,
                    "title": conversation.title,
                    "createTime": conversation.created.to_string(),
                });
                // The object stays open for the messages.
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

    fn message(self, message: &Message) -> String {
        match self {
            Self::Json => {
                let comma = if message.sequence == 1 { "" } else { "," };
                format!("{comma}{}", object(message))
            }
            Self::Markdown => {
                let mut text = format!("\n## {}\n\n{}\n", who(message.role), message.content);
                for call in &message.tool_calls {
                    text.push_str(&format!("\n- `{}` `{}`\n", call.name, call.arguments));
                }
                text
            }
        }
    }

    fn end(self) -> String {
        match self {
            Self::Json => "]}\n".to_owned(),
            Self::Markdown => String::new(),
        }
    }
}

fn object(message: &Message) -> Value {
    let call = |call: &crate::domain::ToolCall| json!({"name": call.name, "arguments": call.arguments, "result": call.result});
    json!({
        "id": message.id,
        "sequence": message.sequence,
        "role": who(message.role).to_uppercase(),
        "content": message.content,
        "metadata": message.metadata,
        "toolCalls": message.tool_calls.iter().map(call).collect::<Vec<_>>(),
        "incomplete": message.incomplete,
        "createTime": message.created.to_string(),
    })
}

fn who(role: Role) -> &'static str {
    match role {
        Role::User => "User",
        Role::Assistant => "Assistant",
    }
}
