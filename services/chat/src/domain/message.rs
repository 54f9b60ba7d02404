//! A message and the tools that were used for it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tandem_clock::Timestamp;
use uuid::Uuid;

/// One message of a conversation. Messages never change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Its id.
    pub id: Uuid,
    /// The conversation.
    pub conversation_id: Uuid,
    /// 1, 2, 3… within the conversation.
    pub sequence: i64,
    /// The turn that it belongs to.
    pub turn_id: Uuid,
    /// Who wrote it.
    pub role: Role,
    /// What was written.
    pub content: String,
    /// What the caller attached to it.
    pub metadata: BTreeMap<String, String>,
    /// The tools that were used for it, in order.
    pub tool_calls: Vec<ToolCall>,
    /// It is what had been written when its turn ended without an answer.
    pub incomplete: bool,
    /// When it was written.
    pub created: Timestamp,
}

/// Who wrote a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    /// The user.
    User,
    /// The assistant.
    Assistant,
}

/// One use of a tool.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToolCall {
    /// Unique within the turn.
    pub id: String,
    /// The tool.
    pub name: String,
    /// What the model passed to it.
    pub arguments: Value,
    /// What it answered; `None` while it runs.
    pub result: Option<Value>,
    /// How it went.
    pub status: ToolStatus,
}

/// How the use of a tool went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ToolStatus {
    /// Not ended yet.
    Running,
    /// It did what was asked.
    Succeeded,
    /// It refused or failed.
    Failed,
}
