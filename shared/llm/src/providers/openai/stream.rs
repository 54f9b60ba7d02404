//! Responses of the OpenAI protocol.

use super::delta::{Delta, Event, TokenCounts};
use super::reasoning::Reasoning;
use super::tool_calls::ToolCalls;
use crate::http::{Ending, StopReason, StreamDecoder, provider_error};
use crate::{Error, Usage};

/// Decoder of one response.
#[derive(Default)]
pub(super) struct OpenAiStream {
    calls: ToolCalls,
    reasoning: Reasoning,
    usage: Usage,
    /// The usage may follow.
    finish_reason: Option<String>,
    /// The final `[DONE]` has been received.
    is_done: bool,
}

impl StreamDecoder for OpenAiStream {
    fn decode_event(&mut self, data: &str) -> Result<Option<String>, Error> {
        if data.trim() == "[DONE]" {
            self.is_done = true;
            return Ok(None);
        }
        let event: Event = serde_json::from_str(data).map_err(|error| {
            Error::invalid_response(format!("an event cannot be parsed: {error}"))
        })?;
        if let Some(TokenCounts { prompt_tokens, completion_tokens }) = event.usage {
            let (input, output) = (prompt_tokens.unwrap_or(0), completion_tokens.unwrap_or(0));
            self.usage = Usage::from_counts(input, output);
        }
        if let Some(error) = event.error {
            return Err(provider_error::from_event(&error));
        }
        // Only one choice is requested.
        let Some(choice) = event.choices.into_iter().flatten().next() else { return Ok(None) };
        self.finish_reason = choice.finish_reason.or(self.finish_reason.take());
        Ok(choice.delta.or(choice.message).map(|delta| self.add_delta(delta)))
    }

    fn is_finished(&self) -> bool {
        self.is_done
    }

    fn usage(&self) -> Usage {
        self.usage
    }

    fn finish(&mut self) -> Result<Ending, Error> {
        if self.finish_reason.is_none() && !self.is_done {
            return Err(Error::invalid_response("the response broke off"));
        }
        let reason = match self.finish_reason.take() {
            Some(reason) if reason == "length" => StopReason::Length(reason),
            Some(reason) if reason == "content_filter" => StopReason::Filtered(reason),
            Some(reason) if reason == "error" => {
                return Err(Error::invalid_response("the model ended with an error"));
            }
            _ => StopReason::Complete,
        };
        Ok(Ending { calls: self.calls.finish(self.reasoning.take()), reason })
    }
}

impl OpenAiStream {
    /// Adds a delta; returns its text. A refusal is text too: the model's own words to the user.
    fn add_delta(&mut self, delta: Delta) -> String {
        delta.tool_calls.into_iter().flatten().for_each(|call| self.calls.add_delta(call));
        self.reasoning.add_fields(delta.others);
        delta.content + &delta.refusal.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
