//! Ids of tool calls that are unique in a conversation.

use std::collections::{HashMap, HashSet};

use crate::{Entry, ToolCall};

/// Assigns ids in the order of the calls.
pub(super) struct CallIds {
    /// Ids of the provider's own calls that no other call may have.
    reserved: HashSet<String>,
    used: HashSet<String>,
    assigned: usize,
    /// The new id of each original id, as of its latest call.
    current: HashMap<String, String>,
}

impl CallIds {
    /// For a prompt to `provider` with these entries.
    pub(super) fn new(entries: &[Entry], provider: &str) -> Self {
        let calls = entries.iter().flat_map(|entry| match entry {
            Entry::Assistant { calls, .. } => calls.as_slice(),
            Entry::User(_) | Entry::ToolResult { .. } => &[],
        });
        let own = calls.filter_map(|call| call.signature.as_ref());
        let own = own.filter(|it| it.provider == provider).map(|it| it.call_id.clone());
        Self { reserved: own.collect(), used: HashSet::new(), assigned: 0, current: HashMap::new() }
    }

    /// The call with the id of its own provider, if that is unique, or with a new one. `call` has a
    /// signature only if it is a call of the provider of this prompt.
    pub(super) fn assign(&mut self, mut call: ToolCall) -> ToolCall {
        let own = call.signature.as_mut().map(|it| &mut it.call_id);
        let own = own.filter(|id| !id.is_empty());
        let id = match own {
            Some(id) if self.used.insert(id.clone()) => id.clone(),
            Some(id) => {
                // Not its own any more.
                id.clear();
                self.next_id()
            }
            None => self.next_id(),
        };
        self.current.insert(call.id, id.clone());
        ToolCall { id, ..call }
    }

    /// The new id of the latest call with this id.
    pub(super) fn current(&self, id: &str) -> String {
        self.current.get(id).map_or(id, String::as_str).to_owned()
    }

    /// An id of nine letters and digits: the format of the strictest provider.
    fn next_id(&mut self) -> String {
        loop {
            self.assigned += 1;
            let id = format!("call{:05}", self.assigned);
            if !self.reserved.contains(&id) {
                return id;
            }
        }
    }
}
