//! What Anthropic streams.

use serde::Deserialize;
use serde_json::Value;

use crate::calls::Pieces;
use crate::http::Reader;
use crate::{Chunk, Error, Usage};

/// An answer as it comes.
#[derive(Default)]
pub(super) struct Answer {
    calls: Vec<(u64, Pieces)>,
    usage: Option<Usage>,
    done: bool,
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
        delta: Piece,
    },
    MessageDelta {
        usage: Option<Counted>,
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
    usage: Option<Counted>,
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
enum Piece {
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
struct Counted {
    input_tokens: Option<u64>,
    cache_creation_input_tokens: Option<u64>,
    cache_read_input_tokens: Option<u64>,
    output_tokens: Option<u64>,
}

impl Reader for Answer {
    fn read(&mut self, data: &str) -> Result<Option<String>, Error> {
        let event = serde_json::from_str(data)
            .map_err(|error| Error::broken(format!("an event cannot be read: {error}")))?;
        match event {
            Event::MessageStart { message: Message { usage } } | Event::MessageDelta { usage } => {
                self.count(usage);
                Ok(None)
            }
            Event::ContentBlockStart { index, content_block } => {
                Ok(self.begin(index, content_block))
            }
            Event::ContentBlockDelta { index, delta } => Ok(self.add(index, delta)),
            Event::MessageStop => {
                self.done = true;
                Ok(None)
            }
            Event::Error { error } => Err(Error::unavailable(error.to_string())),
            Event::Other => Ok(None),
        }
    }

    fn is_done(&self) -> bool {
        self.done
    }

    fn end(&mut self) -> Result<Vec<Chunk>, Error> {
        if !self.done {
            return Err(Error::broken("the answer broke off"));
        }
        let calls = self.calls.drain(..).map(|(_, call)| Chunk::Call(call.join()));
        Ok(calls.chain(self.usage.take().map(Chunk::Usage)).collect())
    }
}

impl Answer {
    fn begin(&mut self, index: u64, block: Block) -> Option<String> {
        match block {
            Block::Text { text } => text.filter(|text| !text.is_empty()),
            Block::ToolUse { id, name } => {
                self.calls.push((index, Pieces { id, name, ..Pieces::default() }));
                None
            }
            Block::Other => None,
        }
    }

    fn add(&mut self, index: u64, delta: Piece) -> Option<String> {
        match delta {
            Piece::TextDelta { text } => return (!text.is_empty()).then_some(text),
            Piece::InputJsonDelta { partial_json } => {
                if let Some((_, call)) = self.calls.iter_mut().find(|(known, _)| *known == index) {
                    call.arguments.push_str(&partial_json);
                }
            }
            Piece::Other => {}
        }
        None
    }

    /// Takes in what is counted: the latest figures hold, and not every event has all of them.
    fn count(&mut self, counted: Option<Counted>) {
        let Some(counted) = counted else { return };
        let known = self.usage.unwrap_or_default();
        // What was in a cache is counted apart.
        let cached = [counted.cache_creation_input_tokens, counted.cache_read_input_tokens];
        let cached = cached.into_iter().flatten().fold(0, u64::saturating_add);
        let input = counted.input_tokens.map(|input| input.saturating_add(cached));
        self.usage = Some(Usage::counted(
            input.unwrap_or(known.input_tokens),
            counted.output_tokens.unwrap_or(known.output_tokens),
        ));
    }
}
