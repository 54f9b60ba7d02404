//! The tool calls of a turn, as a replay.
//!
//! The commands of a message are run anew for every answer. What they ask for is answered from the
//! results that the turn already has; what has no result yet becomes a call of this answer.

use std::sync::LazyLock;

use serde_json::{Value, json};

use tandem_llm::{Entry, ToolCall};

/// The most tool calls in one turn.
pub(super) const MOST_CALLS: usize = 16;
/// The most answers of the model in one turn; the last one has to be text.
const MOST_ANSWERS: usize = 8;

/// What a call that was never made answers.
static LOST: LazyLock<Value> = LazyLock::new(
    || json!({"status": "error", "code": "CANCELLED", "message": "the call was not carried out"}),
);

/// The calls that the turn has made, and those that it makes next.
#[derive(Debug)]
pub(super) struct Run<'a> {
    made: Vec<Made<'a>>,
    next: Vec<ToolCall>,
    room: usize,
    recent: Option<Vec<Mention>>,
}

/// A call that the turn has made.
#[derive(Debug)]
struct Made<'a> {
    call: &'a ToolCall,
    result: &'a Value,
    replayed: bool,
}

/// A task that was spoken of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mention {
    /// Its number.
    pub(super) number: u64,
    /// Its title, as far as it was shown.
    pub(super) title: String,
}

/// What came of asking for a tool call.
#[derive(Debug, Clone, Copy)]
pub(super) enum Asked<'a> {
    Answer(&'a Value),
    /// The call is made with this answer; its result comes next time.
    Pending,
    /// The turn may make no more calls.
    NoRoom,
}

impl<'a> Run<'a> {
    /// The run of a turn: the entries after the user's message, and the tasks spoken of before it.
    pub(super) fn new(turn: &'a [Entry], recent: Vec<Mention>) -> Self {
        let answers = turn.iter().filter(|entry| matches!(entry, Entry::Assistant { .. })).count();
        let made: Vec<Made<'a>> = calls(turn)
            .map(|call| Made { call, result: result(turn, &call.id), replayed: false })
            .collect();
        let room =
            if answers + 1 < MOST_ANSWERS { MOST_CALLS.saturating_sub(made.len()) } else { 0 };
        Self { made, next: Vec::new(), room, recent: Some(recent) }
    }

    /// The same run from its start, without room for any call.
    pub(super) fn closed(self, recent: Vec<Mention>) -> Self {
        let made = self.made.into_iter().map(|made| Made { replayed: false, ..made }).collect();
        Self { made, next: Vec::new(), room: 0, recent: Some(recent) }
    }

    /// Asks for a call.
    pub(super) fn ask(&mut self, name: &str, arguments: Value) -> Asked<'a> {
        let same = |made: &&mut Made<'a>| {
            !made.replayed && made.call.name == name && made.call.arguments == arguments
        };
        if let Some(made) = self.made.iter_mut().find(same) {
            made.replayed = true;
            return Asked::Answer(made.result);
        }
        if self.next.len() >= self.room {
            return Asked::NoRoom;
        }
        let id = format!("call_{}", self.made.len() + self.next.len() + 1);
        self.next.push(ToolCall { id, name: name.to_owned(), arguments, signature: None });
        self.recent = None;
        Asked::Pending
    }

    /// The tasks spoken of last; `None` while they depend on a result to come.
    pub(super) fn recent(&self) -> Option<&[Mention]> {
        self.recent.as_deref()
    }

    /// From now on these are the tasks spoken of last.
    pub(super) fn mention(&mut self, tasks: Vec<Mention>) {
        if self.next.is_empty() {
            self.recent = Some(tasks);
        }
    }

    /// Whether the turn has changed tasks in a way that the commands do not explain: another model
    /// has begun it, and going on might do the same twice.
    pub(super) fn is_foreign(&self) -> bool {
        self.made.iter().any(|made| !made.replayed && made.call.name != "list_tasks")
    }

    /// The calls to make next.
    pub(super) fn into_calls(self) -> Vec<ToolCall> {
        self.next
    }
}

fn calls(turn: &[Entry]) -> impl Iterator<Item = &ToolCall> {
    turn.iter().flat_map(|entry| match entry {
        Entry::Assistant { calls, .. } => calls.as_slice(),
        Entry::User(_) | Entry::ToolResult { .. } => &[],
    })
}

fn result<'a>(turn: &'a [Entry], id: &str) -> &'a Value {
    let found = turn.iter().find_map(|entry| match entry {
        Entry::ToolResult { call_id, result, .. } if call_id == id => Some(result),
        _ => None,
    });
    found.unwrap_or(&LOST)
}
