//! Responses of the Gemini protocol.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::http::StreamDecoder;
use crate::partial_tool_call::id_or_new;
use crate::{Chunk, Error, ToolCall, Usage};

/// Decoder of one response.
#[derive(Default)]
pub(super) struct GeminiStream {
    calls: Vec<ToolCall>,
    usage: Option<Usage>,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    error: Option<Value>,
    candidates: Option<Vec<Candidate>>,
    usage_metadata: Option<UsageMetadata>,
    prompt_feedback: Option<Feedback>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Feedback {
    block_reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Candidate {
    content: Option<Content>,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Content {
    parts: Option<Vec<Part>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Part {
    text: Option<String>,
    thought: Option<bool>,
    function_call: Option<FunctionCall>,
    thought_signature: Option<String>,
}

#[derive(Deserialize)]
struct FunctionCall {
    id: Option<String>,
    name: String,
    args: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UsageMetadata {
    prompt_token_count: Option<u64>,
    candidates_token_count: Option<u64>,
    thoughts_token_count: Option<u64>,
}

impl StreamDecoder for GeminiStream {
    fn decode_event(&mut self, data: &str) -> Result<Option<String>, Error> {
        let event: Event = serde_json::from_str(data).map_err(|error| {
            Error::invalid_response(format!("an event cannot be parsed: {error}"))
        })?;
        if let Some(error) = event.error {
            return Err(Error::unavailable(error.to_string()));
        }
        if let Some(reason) = event.prompt_feedback.and_then(|it| it.block_reason) {
            return Err(Error::rejected(format!("the prompt is blocked: {reason}")));
        }
        // Each event has the counts of the whole response so far.
        if let Some(metadata) = event.usage_metadata {
            self.usage = Some(metadata.into_usage());
        }
        // Only one candidate is requested.
        let candidate = event.candidates.into_iter().flatten().next();
        let Some(Candidate { content, finish_reason }) = candidate else { return Ok(None) };
        self.finish_reason = finish_reason.or(self.finish_reason.take());
        let parts = content.and_then(|content| content.parts).into_iter().flatten();
        let text = parts.filter_map(|part| self.add_part(part)).collect::<String>();
        Ok((!text.is_empty()).then_some(text))
    }

    fn is_finished(&self) -> bool {
        // There is no last event; the stream ends.
        false
    }

    fn finish(&mut self) -> Result<Vec<Chunk>, Error> {
        match self.finish_reason.take().as_deref() {
            None => return Err(Error::invalid_response("the response broke off")),
            Some(reason @ ("MALFORMED_FUNCTION_CALL" | "UNEXPECTED_TOOL_CALL")) => {
                return Err(Error::invalid_response(format!("the model ended with {reason}")));
            }
            Some(_) => {}
        }
        let calls = self.calls.drain(..).map(Chunk::ToolCall);
        Ok(calls.chain(self.usage.take().map(Chunk::Usage)).collect())
    }
}

impl GeminiStream {
    /// Adds the tool call of a part, or returns its text. The model's thoughts are dropped.
    fn add_part(&mut self, part: Part) -> Option<String> {
        if let Some(FunctionCall { id, name, args }) = part.function_call {
            let id = id_or_new(id.unwrap_or_default());
            let arguments = args.unwrap_or_else(|| Value::Object(Map::new()));
            self.calls.push(ToolCall { id, name, arguments, signature: part.thought_signature });
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
