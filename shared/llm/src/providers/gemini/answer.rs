//! What Gemini streams.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::calls::id_or_new;
use crate::http::Reader;
use crate::{Call, Chunk, Error, Usage};

/// An answer as it comes.
#[derive(Default)]
pub(super) struct Answer {
    calls: Vec<Call>,
    usage: Option<Usage>,
    /// Why the model ended.
    finished: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    error: Option<Value>,
    candidates: Option<Vec<Candidate>>,
    usage_metadata: Option<Counted>,
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
struct Counted {
    prompt_token_count: Option<u64>,
    candidates_token_count: Option<u64>,
    thoughts_token_count: Option<u64>,
}

impl Reader for Answer {
    fn read(&mut self, data: &str) -> Result<Option<String>, Error> {
        let event: Event = serde_json::from_str(data)
            .map_err(|error| Error::broken(format!("an event cannot be read: {error}")))?;
        if let Some(error) = event.error {
            return Err(Error::unavailable(error.to_string()));
        }
        if let Some(reason) = event.prompt_feedback.and_then(|it| it.block_reason) {
            return Err(Error::refused(format!("the prompt is blocked: {reason}")));
        }
        // Counted from the beginning in every event.
        if let Some(counted) = event.usage_metadata {
            self.usage = Some(counted.usage());
        }
        // One candidate was asked for.
        let candidate = event.candidates.into_iter().flatten().next();
        let Some(Candidate { content, finish_reason }) = candidate else { return Ok(None) };
        self.finished = finish_reason.or(self.finished.take());
        let parts = content.and_then(|content| content.parts).into_iter().flatten();
        let text = parts.filter_map(|part| self.take(part)).collect::<String>();
        Ok((!text.is_empty()).then_some(text))
    }

    fn is_done(&self) -> bool {
        // The stream just ends.
        false
    }

    fn end(&mut self) -> Result<Vec<Chunk>, Error> {
        match self.finished.take().as_deref() {
            None => return Err(Error::broken("the answer broke off")),
            Some(reason @ ("MALFORMED_FUNCTION_CALL" | "UNEXPECTED_TOOL_CALL")) => {
                return Err(Error::broken(format!("the model ended with {reason}")));
            }
            Some(_) => {}
        }
        let calls = self.calls.drain(..).map(Chunk::Call);
        Ok(calls.chain(self.usage.take().map(Chunk::Usage)).collect())
    }
}

impl Answer {
    /// Keeps a call; the text of a part that is for the user.
    fn take(&mut self, part: Part) -> Option<String> {
        if let Some(FunctionCall { id, name, args }) = part.function_call {
            let id = id_or_new(id.unwrap_or_default());
            let arguments = args.unwrap_or_else(|| Value::Object(Map::new()));
            self.calls.push(Call { id, name, arguments, signature: part.thought_signature });
        }
        part.text.filter(|_| part.thought != Some(true))
    }
}

impl Counted {
    fn usage(&self) -> Usage {
        let said = self.candidates_token_count.unwrap_or(0);
        let thought = self.thoughts_token_count.unwrap_or(0);
        Usage::counted(self.prompt_token_count.unwrap_or(0), said.saturating_add(thought))
    }
}
