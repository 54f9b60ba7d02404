//! Tool calls of one response, from deltas that servers number, name and repeat in different ways.

use serde_json::{Value, json};

use super::delta::CallDelta;
use super::request::{EXTRA_CONTENT, MESSAGE_FIELDS};
use crate::ToolCall;
use crate::partial_tool_call::PartialToolCall;

/// The calls so far.
#[derive(Default)]
pub(super) struct ToolCalls {
    /// Each with its index if the server sends one.
    calls: Vec<(Option<u64>, PartialToolCall)>,
    /// Indexes under which a call is repeated.
    repeated: Vec<u64>,
}

impl ToolCalls {
    /// Adds a delta to the call that it belongs to, which may be a new one.
    pub(super) fn add_delta(&mut self, delta: CallDelta) {
        let CallDelta { index, id, name, arguments, extra_content } = delta;
        if self.is_repeated_call(index, &id, &arguments) {
            self.repeated.extend(index);
            return;
        }
        let position = self.find_call(index, &id, &name, &arguments).unwrap_or_else(|| {
            self.calls.push((index, PartialToolCall::default()));
            self.calls.len() - 1
        });
        let call = &mut self.calls[position].1;
        if call.id.is_empty() {
            call.id = id;
        }
        if call.name.is_empty() {
            call.name = name;
        }
        call.arguments.push_str(&arguments);
        if let Some(extra) = extra_content {
            call.data = Some(json!({ EXTRA_CONTENT: extra }));
        }
    }

    /// Whether a server sends a complete call once more under another index.
    fn is_repeated_call(&self, index: Option<u64>, id: &str, arguments: &str) -> bool {
        if id.is_empty() {
            return index.is_some_and(|index| self.repeated.contains(&index));
        }
        let mut others = self.calls.iter().filter(|(known, _)| *known != index);
        others.any(|(_, call)| {
            call.id == id && (call.has_complete_arguments() || call.arguments == arguments)
        })
    }

    /// The position of the call that a delta continues. Some servers send no index, some send the same
    /// one for all calls, and some repeat the name or the id in each delta.
    fn find_call(
        &self,
        index: Option<u64>,
        id: &str,
        name: &str,
        arguments: &str,
    ) -> Option<usize> {
        let by_id = self.calls.iter().rposition(|(_, call)| !id.is_empty() && call.id == id);
        if by_id.is_some() {
            return by_id;
        }
        let position = match index {
            Some(_) => self.calls.iter().rposition(|(known, _)| *known == index),
            None => self.calls.len().checked_sub(1),
        }?;
        let call = &self.calls[position].1;
        let is_named = !name.is_empty() && !call.name.is_empty();
        let is_other = (!id.is_empty() && !call.id.is_empty()) || (is_named && call.name != name);
        // The name again: a new call if this one is complete and there is more than an empty end.
        let begins_again = is_named
            && call.has_complete_arguments()
            && (index.is_none() || !arguments.trim().is_empty());
        (!is_other && !begins_again).then_some(position)
    }

    /// The complete calls. `message_fields` is what the server wants back with their message, an object.
    pub(super) fn finish(&mut self, message_fields: Value) -> Vec<ToolCall> {
        if let Some((_, first)) = self.calls.first_mut()
            && message_fields.as_object().is_some_and(|fields| !fields.is_empty())
        {
            first.data.get_or_insert_with(|| json!({}))[MESSAGE_FIELDS] = message_fields;
        }
        self.calls.drain(..).map(|(_, call)| call.into_tool_call()).collect()
    }
}
