//! What a server that speaks the OpenAI protocol streams.

use serde::Deserialize;
use serde_json::Value;

use crate::calls::Pieces;
use crate::http::Reader;
use crate::{Chunk, Error, Usage};

/// An answer as it comes.
#[derive(Default)]
pub(super) struct Answer {
    calls: Vec<(Option<u64>, Pieces)>,
    usage: Option<Usage>,
    /// The model said that it has ended. The usage may follow.
    finished: bool,
    /// The server said that nothing follows.
    done: bool,
}

#[derive(Deserialize)]
struct Event {
    error: Option<Value>,
    choices: Option<Vec<Choice>>,
    usage: Option<Counted>,
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
struct Counted {
    prompt_tokens: Option<u64>,
    completion_tokens: Option<u64>,
}

impl Reader for Answer {
    fn read(&mut self, data: &str) -> Result<Option<String>, Error> {
        if data.trim() == "[DONE]" {
            self.done = true;
            return Ok(None);
        }
        let event: Event = serde_json::from_str(data)
            .map_err(|error| Error::broken(format!("an event cannot be read: {error}")))?;
        if let Some(error) = event.error {
            return Err(Error::unavailable(error.to_string()));
        }
        if let Some(Counted { prompt_tokens, completion_tokens }) = event.usage {
            let (input, output) = (prompt_tokens.unwrap_or(0), completion_tokens.unwrap_or(0));
            self.usage = Some(Usage::counted(input, output));
        }
        // One choice was asked for.
        let Some(choice) = event.choices.into_iter().flatten().next() else { return Ok(None) };
        self.finished |= choice.finish_reason.is_some();
        let Some(delta) = choice.delta else { return Ok(None) };
        delta.tool_calls.into_iter().flatten().for_each(|call| self.add(call));
        Ok(delta.content.filter(|text| !text.is_empty()))
    }

    fn is_done(&self) -> bool {
        self.done
    }

    fn end(&mut self) -> Result<Vec<Chunk>, Error> {
        if !self.finished && !self.done {
            return Err(Error::broken("the answer broke off"));
        }
        let calls = self.calls.drain(..).map(|(_, call)| Chunk::Call(call.join()));
        Ok(calls.chain(self.usage.take().map(Chunk::Usage)).collect())
    }
}

impl Answer {
    /// Adds a piece to the call that it belongs to. Not every server counts calls with an index, and
    /// some give them all the same one: a name with another id begins a call, too.
    fn add(&mut self, piece: CallDelta) {
        let CallDelta { index, id, function, extra_content } = piece;
        let (id, function) = (id.unwrap_or_default(), function.unwrap_or(FunctionDelta::NONE));
        let name = function.name.unwrap_or_default();
        let known = match index {
            Some(_) => self.calls.iter().rposition(|(known, _)| *known == index),
            None => self.calls.len().checked_sub(1),
        };
        let begins = |at: &usize| {
            let call = &self.calls[*at].1;
            !name.is_empty() && !call.name.is_empty() && (index.is_none() || call.id != id)
        };
        let at = known.filter(|at| !begins(at)).unwrap_or_else(|| {
            self.calls.push((index, Pieces::default()));
            self.calls.len() - 1
        });
        let call = &mut self.calls[at].1;
        if call.id.is_empty() {
            call.id = id;
        }
        if call.name.is_empty() {
            call.name = name;
        }
        call.arguments.push_str(&function.arguments.unwrap_or_default());
        if let Some(signature) = extra_content.as_ref().and_then(signature) {
            call.signature = Some(signature);
        }
    }
}

impl FunctionDelta {
    const NONE: Self = Self { name: None, arguments: None };
}

/// What Gemini behind this protocol wants back.
fn signature(extra: &Value) -> Option<String> {
    extra.pointer("/google/thought_signature")?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests;
