//! Responses of the Anthropic protocol.

use serde::Deserialize;
use serde_json::Value;

use crate::http::StreamDecoder;
use crate::partial_tool_call::PartialToolCall;
use crate::{Chunk, Error, Usage};

/// Decoder of one response.
#[derive(Default)]
pub(super) struct AnthropicStream {
    /// The tool calls, each with the index of its content block.
    calls: Vec<(u64, PartialToolCall)>,
    usage: Option<Usage>,
    is_finished: bool,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Event {
    MessageStart {
        message: Message,
    },
    ContentBlockStart {
        index: u64,
        content_block: Block,
    },
    ContentBlockDelta {
        index: u64,
        delta: BlockUpdate,
    },
    MessageDelta {
        usage: Option<TokenCounts>,
    },
    MessageStop,
    Error {
        error: Value,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Message {
    usage: Option<TokenCounts>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Block {
    Text {
        text: Option<String>,
    },
    ToolUse {
        id: String,
        name: String,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum BlockUpdate {
    TextDelta {
        text: String,
    },
    InputJsonDelta {
        partial_json: String,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct TokenCounts {
    input_tokens: Option<u64>,
    cache_creation_input_tokens: Option<u64>,
    cache_read_input_tokens: Option<u64>,
    output_tokens: Option<u64>,
}

impl StreamDecoder for AnthropicStream {
    fn decode_event(&mut self, data: &str) -> Result<Option<String>, Error> {
        let event = serde_json::from_str(data).map_err(|error| {
            Error::invalid_response(format!("an event cannot be parsed: {error}"))
        })?;
        match event {
            Event::MessageStart { message: Message { usage } } | Event::MessageDelta { usage } => {
                self.update_usage(usage);
                Ok(None)
            }
            Event::ContentBlockStart { index, content_block } => {
                Ok(self.start_block(index, content_block))
            }
            Event::ContentBlockDelta { index, delta } => Ok(self.add_delta(index, delta)),
            Event::MessageStop => {
                self.is_finished = true;
                Ok(None)
            }
            Event::Error { error } => Err(Error::unavailable(error.to_string())),
            Event::Other => Ok(None),
        }
    }

    fn is_finished(&self) -> bool {
        self.is_finished
    }

    fn finish(&mut self) -> Result<Vec<Chunk>, Error> {
        if !self.is_finished {
            return Err(Error::invalid_response("the response broke off"));
        }
        let calls = self.calls.drain(..).map(|(_, call)| Chunk::ToolCall(call.into_tool_call()));
        Ok(calls.chain(self.usage.take().map(Chunk::Usage)).collect())
    }
}

impl AnthropicStream {
    /// Starts a tool call, or returns the first text of a block.
    fn start_block(&mut self, index: u64, block: Block) -> Option<String> {
        match block {
            Block::Text { text } => text.filter(|text| !text.is_empty()),
            Block::ToolUse { id, name } => {
                self.calls
                    .push((index, PartialToolCall { id, name, ..PartialToolCall::default() }));
                None
            }
            Block::Other => None,
        }
    }

    /// Adds to the arguments of a tool call, or returns text.
    fn add_delta(&mut self, index: u64, delta: BlockUpdate) -> Option<String> {
        match delta {
            BlockUpdate::TextDelta { text } => return (!text.is_empty()).then_some(text),
            BlockUpdate::InputJsonDelta { partial_json } => {
                if let Some((_, call)) = self.calls.iter_mut().find(|(known, _)| *known == index) {
                    call.arguments.push_str(&partial_json);
                }
            }
            BlockUpdate::Other => {}
        }
        None
    }

    /// Replaces the counts that an event contains; not every event contains all of them.
    fn update_usage(&mut self, counts: Option<TokenCounts>) {
        let Some(counts) = counts else { return };
        let known = self.usage.unwrap_or_default();
        // `input_tokens` excludes those written to or read from the cache.
        let cached = [counts.cache_creation_input_tokens, counts.cache_read_input_tokens];
        let cached = cached.into_iter().flatten().fold(0, u64::saturating_add);
        let input = counts.input_tokens.map(|input| input.saturating_add(cached));
        self.usage = Some(Usage::from_counts(
            input.unwrap_or(known.input_tokens),
            counts.output_tokens.unwrap_or(known.output_tokens),
        ));
    }
}
