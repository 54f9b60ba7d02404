//! Replays the tool calls of a turn.
//!
//! The model keeps no state: each response executes the commands of the message from the start. A
//! call with a recorded result returns it; a call without one is part of the new response.

use std::sync::LazyLock;

use serde_json::{Value, json};

use tandem_llm::{Entry, ToolCall};

/// The limit of tool calls per turn.
pub(super) const MAX_CALLS: usize = 16;
/// The limit of model responses per turn; the last one has to be text.
const MAX_RESPONSES: usize = 8;

/// The result of a call without a recorded result.
static MISSING_RESULT: LazyLock<Value> = LazyLock::new(
    || json!({"status": "error", "code": "CANCELLED", "message": "the call was not carried out"}),
);

/// The recorded calls of a turn and the calls of the new response.
#[derive(Debug)]
pub(super) struct CallReplay<'a> {
    recorded: Vec<RecordedCall<'a>>,
    new_calls: Vec<ToolCall>,
    /// The limit of calls in the new response.
    capacity: usize,
    recent_mentions: Option<Vec<TaskMention>>,
}

/// A recorded call and its result.
#[derive(Debug)]
struct RecordedCall<'a> {
    call: &'a ToolCall,
    result: &'a Value,
    replayed: bool,
}

/// A task that a reply mentioned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TaskMention {
    pub(super) number: u64,
    /// The title as displayed; may be empty.
    pub(super) title: String,
}

/// The outcome of a requested tool call.
#[derive(Debug, Clone, Copy)]
pub(super) enum CallOutcome<'a> {
    Finished(&'a Value),
    /// Part of the new response; the result is available in the next one.
    Pending,
    /// The turn is at its call limit; nothing was called.
    LimitReached,
}

impl<'a> CallReplay<'a> {
    /// Takes the entries after the user's message, and the tasks mentioned before it.
    pub(super) fn new(turn: &'a [Entry], mentions: Vec<TaskMention>) -> Self {
        let responses =
            turn.iter().filter(|entry| matches!(entry, Entry::Assistant { .. })).count();
        let recorded: Vec<RecordedCall<'a>> = turn_calls(turn)
            .map(|call| RecordedCall { call, result: find_result(turn, &call.id), replayed: false })
            .collect();
        let capacity = if responses + 1 < MAX_RESPONSES {
            MAX_CALLS.saturating_sub(recorded.len())
        } else {
            0
        };
        Self { recorded, new_calls: Vec::new(), capacity, recent_mentions: Some(mentions) }
    }

    /// Restarts the replay with a limit of no new calls.
    pub(super) fn into_replay_only(self, mentions: Vec<TaskMention>) -> Self {
        let recorded = self.recorded.into_iter();
        let recorded = recorded.map(|call| RecordedCall { replayed: false, ..call }).collect();
        Self { recorded, new_calls: Vec::new(), capacity: 0, recent_mentions: Some(mentions) }
    }

    /// Returns the recorded result of an equal call, or adds the call to the new response.
    pub(super) fn request_call(&mut self, name: &str, arguments: Value) -> CallOutcome<'a> {
        let equal = self.recorded.iter_mut().find(|call| call.matches(name, &arguments));
        if let Some(recorded) = equal {
            recorded.replayed = true;
            return CallOutcome::Finished(recorded.result);
        }
        if self.new_calls.len() >= self.capacity {
            return CallOutcome::LimitReached;
        }
        let id = format!("call_{}", self.recorded.len() + self.new_calls.len() + 1);
        self.new_calls.push(ToolCall { id, name: name.to_owned(), arguments, signature: None });
        self.recent_mentions = None;
        CallOutcome::Pending
    }

    /// The tasks mentioned last; `None` while they depend on a pending result.
    pub(super) fn recent_mentions(&self) -> Option<&[TaskMention]> {
        self.recent_mentions.as_deref()
    }

    /// Sets the tasks mentioned last, unless a result is pending.
    pub(super) fn set_recent_mentions(&mut self, tasks: Vec<TaskMention>) {
        if self.new_calls.is_empty() {
            self.recent_mentions = Some(tasks);
        }
    }

    /// Whether the turn has recorded changes that the commands did not request. Another model
    /// started it then, and new calls could repeat its changes.
    pub(super) fn has_unexplained_changes(&self) -> bool {
        self.recorded
            .iter()
            .any(|recorded| !recorded.replayed && recorded.call.name != "list_tasks")
    }

    /// The calls of the new response, in order.
    pub(super) fn into_new_calls(self) -> Vec<ToolCall> {
        self.new_calls
    }
}

impl RecordedCall<'_> {
    /// Whether it is an equal call that was not replayed yet.
    fn matches(&self, name: &str, arguments: &Value) -> bool {
        !self.replayed && self.call.name == name && self.call.arguments == *arguments
    }
}

fn turn_calls(turn: &[Entry]) -> impl Iterator<Item = &ToolCall> {
    turn.iter().flat_map(|entry| match entry {
        Entry::Assistant { calls, .. } => calls.as_slice(),
        Entry::User(_) | Entry::ToolResult { .. } => &[],
    })
}

fn find_result<'a>(turn: &'a [Entry], id: &str) -> &'a Value {
    let found = turn.iter().find_map(|entry| match entry {
        Entry::ToolResult { call_id, result, .. } if call_id == id => Some(result),
        _ => None,
    });
    found.unwrap_or(&MISSING_RESULT)
}
