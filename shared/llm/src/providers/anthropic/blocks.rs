//! The content blocks of one response, as they arrive.

use serde_json::{Value, json};

use super::event::BlockUpdate;
use crate::ToolCall;
use crate::partial_tool_call::PartialToolCall;

/// Blocks of thinking and tool calls, in their order.
#[derive(Default)]
pub(super) struct Blocks(Vec<(u64, Block)>);

enum Block {
    /// `thinking` or `redacted_thinking`: has to be returned unchanged.
    Thinking(Value),
    Call(PartialToolCall),
}

impl Blocks {
    /// Starts a block; returns the first text of a block of text.
    pub(super) fn start(&mut self, index: u64, block: Value) -> Option<String> {
        let text = |field: &str| block[field].as_str().unwrap_or_default().to_owned();
        match text("type").as_str() {
            "text" => return Some(text("text")),
            "tool_use" => {
                let input = Some(&block["input"])
                    .filter(|it| it.as_object().is_some_and(|it| !it.is_empty()));
                let call = PartialToolCall {
                    id: text("id"),
                    name: text("name"),
                    // Some servers send all of it here.
                    arguments: input.map(Value::to_string).unwrap_or_default(),
                    data: None,
                };
                self.0.push((index, Block::Call(call)));
            }
            "thinking" | "redacted_thinking" => self.0.push((index, Block::Thinking(block))),
            _ => {}
        }
        None
    }

    /// Adds a delta to its block, or returns text.
    pub(super) fn add_delta(&mut self, index: u64, delta: BlockUpdate) -> Option<String> {
        if let BlockUpdate::TextDelta { text } = delta {
            return Some(text);
        }
        let (_, block) = self.0.iter_mut().rfind(|(known, _)| *known == index)?;
        match (block, delta) {
            (Block::Call(call), BlockUpdate::InputJsonDelta { partial_json }) => {
                call.arguments.push_str(&partial_json);
            }
            (Block::Thinking(block), BlockUpdate::ThinkingDelta { thinking }) => {
                append(block, "thinking", &thinking);
            }
            (Block::Thinking(block), BlockUpdate::SignatureDelta { signature }) => {
                append(block, "signature", &signature);
            }
            _ => {}
        }
        None
    }

    /// The calls, each with the thinking before it.
    pub(super) fn take_calls(&mut self) -> Vec<ToolCall> {
        let (mut calls, mut thinking) = (Vec::new(), Vec::new());
        for (_, block) in self.0.drain(..) {
            match block {
                Block::Thinking(block) => thinking.push(block),
                Block::Call(mut call) => {
                    if !thinking.is_empty() {
                        call.data = Some(std::mem::take(&mut thinking).into());
                    }
                    calls.push(call.into_tool_call());
                }
            }
        }
        calls
    }
}

fn append(block: &mut Value, field: &str, text: &str) {
    block[field] = json!(block[field].as_str().unwrap_or_default().to_owned() + text);
}
