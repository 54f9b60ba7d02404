//! Responses of the Gemini protocol.

use serde_json::{Map, Value};

use super::event::{Candidate, Event, Events, FunctionCall, Part, UsageMetadata};
use crate::http::{Ending, StopReason, StreamDecoder, provider_error};
use crate::partial_tool_call::signed_call;
use crate::{Error, ToolCall, Usage};

/// Decoder of one response.
#[derive(Default)]
pub(super) struct GeminiStream {
    calls: Vec<ToolCall>,
    usage: Usage,
    finish_reason: Option<String>,
}

impl StreamDecoder for GeminiStream {
    fn decode_event(&mut self, data: &str) -> Result<Option<String>, Error> {
        let events = serde_json::from_str(data).map_err(|error| {
            Error::invalid_response(format!("an event cannot be parsed: {error}"))
        })?;
        let events = match events {
            Events::One(event) => vec![*event],
            Events::Many(events) => events,
        };
        let texts = events.into_iter().map(|event| self.apply_event(event));
        texts.collect::<Result<String, Error>>().map(Some)
    }

    fn is_finished(&self) -> bool {
        // There is no last event; the stream ends.
        false
    }

    fn usage(&self) -> Usage {
        self.usage
    }

    fn finish(&mut self) -> Result<Ending, Error> {
        let reason = self.finish_reason.take();
        let reason = reason.ok_or_else(|| Error::invalid_response("the response broke off"))?;
        let calls = std::mem::take(&mut self.calls);
        Ok(Ending { calls, reason: stop_reason(reason)? })
    }
}

/// What a finish reason means. Unknown ones are new names of filters more often than not, but an answer
/// is worth more than a guess: they count as complete.
fn stop_reason(reason: String) -> Result<StopReason, Error> {
    Ok(match reason.as_str() {
        "MAX_TOKENS" | "CONTINUATION" => StopReason::Length(reason),
        "SAFETY"
        | "RECITATION"
        | "LANGUAGE"
        | "BLOCKLIST"
        | "PROHIBITED_CONTENT"
        | "SPII"
        | "IMAGE_SAFETY"
        | "IMAGE_PROHIBITED_CONTENT"
        | "ESCALATION"
        | "PUP_LIMITED_DISABLED"
        | "MODEL_ARMOR" => StopReason::Filtered(reason),
        "MALFORMED_FUNCTION_CALL"
        | "MALFORMED_RESPONSE"
        | "UNEXPECTED_TOOL_CALL"
        | "TOO_MANY_TOOL_CALLS" => {
            return Err(Error::invalid_response(format!("the model ended with {reason}")));
        }
        "MISSING_THOUGHT_SIGNATURE" => return Err(Error::rejected(reason)),
        _ => StopReason::Complete,
    })
}

impl GeminiStream {
    /// Applies an event; returns the text that it adds.
    fn apply_event(&mut self, event: Event) -> Result<String, Error> {
        // Each event has the counts of the whole response so far.
        if let Some(metadata) = event.usage_metadata {
            self.usage = metadata.into_usage();
        }
        if let Some(error) = event.error {
            return Err(provider_error::from_event(&error));
        }
        if let Some(reason) = event.prompt_feedback.and_then(|it| it.block_reason) {
            return Err(Error::rejected(format!("the prompt is blocked: {reason}")));
        }
        // Only one candidate is requested.
        let candidate = event.candidates.into_iter().flatten().next();
        let Some(Candidate { content, finish_reason }) = candidate else {
            return Ok(String::new());
        };
        self.finish_reason = finish_reason.or(self.finish_reason.take());
        let parts = content.and_then(|content| content.parts).into_iter().flatten();
        Ok(parts.filter_map(|part| self.add_part(part)).collect())
    }

    /// Adds the tool call of a part, or returns its text. The model's thoughts are dropped.
    fn add_part(&mut self, part: Part) -> Option<String> {
        if let Some(FunctionCall { id, name, args }) = part.function_call {
            let arguments = args.unwrap_or_else(|| Value::Object(Map::new()));
            let data = part.thought_signature.map(Value::String);
            self.calls.push(signed_call(id.unwrap_or_default(), name, arguments, data));
        }
        part.text.filter(|_| part.thought != Some(true))
    }
}

impl UsageMetadata {
    fn into_usage(self) -> Usage {
        let candidates = self.candidates_token_count.unwrap_or(0);
        let thoughts = self.thoughts_token_count.unwrap_or(0);
        let output_tokens = candidates.saturating_add(thoughts);
        Usage::from_counts(self.prompt_token_count.unwrap_or(0), output_tokens)
    }
}
