//! Messages and their tool calls.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tandem_clock::Timestamp;
use uuid::Uuid;

/// One message of a conversation. Messages are immutable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    pub id: Uuid,
    pub conversation_id: Uuid,
    /// Position in the conversation: 1, 2, 3…
    pub sequence: i64,
    /// The turn that the message starts or answers.
    pub turn_id: Uuid,
    pub role: Role,
    pub content: String,
    /// Key-value pairs from the caller.
    pub metadata: BTreeMap<String, String>,
    /// The calls that led to the message, in order.
    pub tool_calls: Vec<ToolCall>,
    /// The turn ended before its answer was complete.
    pub incomplete: bool,
    pub created: Timestamp,
}

/// The author of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    User,
    Assistant,
}

/// One call of a tool.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToolCall {
    /// Unique within the turn.
    pub id: String,
    pub name: String,
    pub arguments: Value,
    /// `None` while the call is running.
    pub result: Option<Value>,
    pub status: ToolStatus,
}

/// The state of a tool call. Stored in JSON by name: an unknown name is a decoding error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ToolStatus {
    Running,
    Succeeded,
    /// The tool rejected the call or failed.
    Failed,
}
