//! Responses of the Anthropic protocol.

use super::blocks::Blocks;
use super::event::{Event, Message, MessageUpdate, TokenCounts};
use crate::http::{Ending, StopReason, StreamDecoder, provider_error};
use crate::{Error, Usage};

/// Decoder of one response.
#[derive(Default)]
pub(super) struct AnthropicStream {
    blocks: Blocks,
    usage: Usage,
    stop_reason: Option<String>,
    has_text: bool,
    is_finished: bool,
}

impl StreamDecoder for AnthropicStream {
    fn decode_event(&mut self, data: &str) -> Result<Option<String>, Error> {
        let event = serde_json::from_str(data).map_err(|error| {
            Error::invalid_response(format!("an event cannot be parsed: {error}"))
        })?;
        let text = self.apply_event(event)?;
        self.has_text |= text.as_ref().is_some_and(|text| !text.is_empty());
        Ok(text)
    }

    fn is_finished(&self) -> bool {
        self.is_finished
    }

    fn usage(&self) -> Usage {
        self.usage
    }

    fn finish(&mut self) -> Result<Ending, Error> {
        if !self.is_finished {
            return Err(Error::invalid_response("the response broke off"));
        }
        let reason = self.stop_reason.take().unwrap_or_default();
        let reason = match reason.as_str() {
            "max_tokens" | "model_context_window_exceeded" | "pause_turn" => {
                StopReason::Length(reason)
            }
            "refusal" => StopReason::Filtered(reason),
            _ => StopReason::Complete,
        };
        Ok(Ending { calls: self.blocks.take_calls(), reason })
    }
}

impl AnthropicStream {
    /// Applies an event; returns the text that it adds.
    fn apply_event(&mut self, event: Event) -> Result<Option<String>, Error> {
        match event {
            Event::MessageStart { message: Message { usage } } => {
                self.update_usage(usage);
                Ok(None)
            }
            Event::MessageDelta { delta, usage } => {
                self.update_usage(usage);
                Ok(delta.and_then(|delta| self.update_message(delta)))
            }
            Event::ContentBlockStart { index, content_block } => {
                Ok(self.blocks.start(index, content_block))
            }
            Event::ContentBlockDelta { index, delta } => Ok(self.blocks.add_delta(index, delta)),
            Event::MessageStop => {
                self.is_finished = true;
                Ok(None)
            }
            Event::Error { error } => Err(provider_error::from_event(&error)),
            Event::Other => Ok(None),
        }
    }

    /// Keeps why the model stopped. Returns the explanation of a refusal without other words, which is
    /// written for people.
    fn update_message(&mut self, update: MessageUpdate) -> Option<String> {
        self.stop_reason = update.stop_reason.or(self.stop_reason.take());
        update.stop_details?.explanation.filter(|_| !self.has_text)
    }

    /// Replaces the counts that an event contains; not every event contains all of them.
    fn update_usage(&mut self, counts: Option<TokenCounts>) {
        let Some(counts) = counts else { return };
        // `input_tokens` excludes those written to or read from the cache.
        let cached = [counts.cache_creation_input_tokens, counts.cache_read_input_tokens];
        let cached = cached.into_iter().flatten().fold(0, u64::saturating_add);
        let input = counts.input_tokens.map(|input| input.saturating_add(cached));
        self.usage = Usage::from_counts(
            input.unwrap_or(self.usage.input_tokens),
            counts.output_tokens.unwrap_or(self.usage.output_tokens),
        );
    }
}
