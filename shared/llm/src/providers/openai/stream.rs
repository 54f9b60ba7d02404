//! Responses of the OpenAI protocol.

use serde::Deserialize;
use serde_json::Value;

use crate::http::StreamDecoder;
use crate::partial_tool_call::PartialToolCall;
use crate::{Chunk, Error, Usage};

/// Decoder of one response.
#[derive(Default)]
pub(super) struct OpenAiStream {
    /// The tool calls, each with its index if the server sends one.
    calls: Vec<(Option<u64>, PartialToolCall)>,
    usage: Option<Usage>,
    /// A finish reason has been received. The usage may follow.
    has_finish_reason: bool,
    /// The final `[DONE]` has been received.
    is_done: bool,
}

#[derive(Deserialize)]
struct Event {
    error: Option<Value>,
    choices: Option<Vec<Choice>>,
    usage: Option<TokenCounts>,
}

#[derive(Deserialize)]
struct Choice {
    delta: Option<Delta>,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Delta {
    content: Option<String>,
    tool_calls: Option<Vec<CallDelta>>,
}

#[derive(Deserialize)]
struct CallDelta {
    index: Option<u64>,
    id: Option<String>,
    function: Option<FunctionDelta>,
    extra_content: Option<Value>,
}

#[derive(Deserialize)]
struct FunctionDelta {
    name: Option<String>,
    arguments: Option<String>,
}

#[derive(Deserialize)]
struct TokenCounts {
    prompt_tokens: Option<u64>,
    completion_tokens: Option<u64>,
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
        if let Some(error) = event.error {
            return Err(Error::unavailable(error.to_string()));
        }
        if let Some(TokenCounts { prompt_tokens, completion_tokens }) = event.usage {
            let (input, output) = (prompt_tokens.unwrap_or(0), completion_tokens.unwrap_or(0));
            self.usage = Some(Usage::from_counts(input, output));
        }
        // Only one choice is requested.
        let Some(choice) = event.choices.into_iter().flatten().next() else { return Ok(None) };
        self.has_finish_reason |= choice.finish_reason.is_some();
        let Some(delta) = choice.delta else { return Ok(None) };
        delta.tool_calls.into_iter().flatten().for_each(|call| self.add_delta(call));
        Ok(delta.content.filter(|text| !text.is_empty()))
    }

    fn is_finished(&self) -> bool {
        self.is_done
    }

    fn finish(&mut self) -> Result<Vec<Chunk>, Error> {
        if !self.has_finish_reason && !self.is_done {
            return Err(Error::invalid_response("the response broke off"));
        }
        let calls = self.calls.drain(..).map(|(_, call)| Chunk::ToolCall(call.into_tool_call()));
        Ok(calls.chain(self.usage.take().map(Chunk::Usage)).collect())
    }
}

impl OpenAiStream {
    /// Adds a delta to the call that it belongs to, which may be a new one.
    fn add_delta(&mut self, delta: CallDelta) {
        let CallDelta { index, id, function, extra_content } = delta;
        let (id, function) = (id.unwrap_or_default(), function.unwrap_or(FunctionDelta::NONE));
        let name = function.name.unwrap_or_default();
        let position = self.find_call(index, &id, &name).unwrap_or_else(|| {
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
        call.arguments.push_str(&function.arguments.unwrap_or_default());
        if let Some(signature) = extra_content.as_ref().and_then(thought_signature) {
            call.signature = Some(signature);
        }
    }

    /// The position of the call that a delta continues. Some servers send no index, and some send the
    /// same one for all calls: a name with another id also starts a new call.
    fn find_call(&self, index: Option<u64>, id: &str, name: &str) -> Option<usize> {
        let position = match index {
            Some(_) => self.calls.iter().rposition(|(known, _)| *known == index),
            None => self.calls.len().checked_sub(1),
        }?;
        let call = &self.calls[position].1;
        let has_both_names = !name.is_empty() && !call.name.is_empty();
        let starts_new_call = has_both_names && (index.is_none() || call.id != id);
        (!starts_new_call).then_some(position)
    }
}

impl FunctionDelta {
    const NONE: Self = Self { name: None, arguments: None };
}

/// The signature that Gemini models served over this protocol require back.
fn thought_signature(extra: &Value) -> Option<String> {
    extra.pointer("/google/thought_signature")?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests;
