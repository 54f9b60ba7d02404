//! Calls to the model.

use futures::StreamExt as _;
use tandem_llm::{self as llm, Chunk, Prompt, Usage};
use tandem_proto::errors::ErrorReason;
use tokio::select;
use tokio::time::sleep_until;

use super::Worker;
use super::interruption::Interruption;
use crate::agent::journal::WorkerStop;
use crate::domain::{ModelResponse, PlannedToolCall, TurnFailure};
use crate::store::TurnOutcome;

impl Worker<'_> {
    /// Calls the model once. Its text goes to the journal as it arrives.
    pub(super) async fn call_model(
        &mut self,
        model: &dyn llm::Model,
        prompt: Prompt,
    ) -> Result<(), Interruption> {
        self.expect_uninterrupted()?;
        self.journal.start_model_call();
        let mut chunks = model.respond(prompt);
        let mut response = ModelResponse::default();
        loop {
            // The deadline stands in for "never" while no text waits.
            let flush_time = self.journal.flush_time().unwrap_or(self.deadline);
            let chunk = select! {
                biased;
                () = self.handle.cancelled.cancelled() => {
                    return Err(Interruption::EndTurn(TurnOutcome::Cancelled));
                }
                () = self.handle.interrupted.cancelled() => return Err(WorkerStop::HandOver.into()),
                () = sleep_until(self.deadline) => return Err(self.time_limit_reached()),
                () = sleep_until(flush_time) => { self.journal.flush().await?; continue }
                chunk = chunks.next() => chunk,
            };
            match chunk {
                Some(Ok(chunk)) => self.add_chunk(&mut response, chunk),
                Some(Err(error)) => return Err(model_unavailable(&error)),
                None => break,
            }
        }
        self.journal.finish_model_call(response);
        Ok(())
    }

    fn add_chunk(&mut self, response: &mut ModelResponse, chunk: Chunk) {
        match chunk {
            Chunk::Text(text) => {
                // PostgreSQL cannot store NUL in text.
                let text = text.replace('\0', "");
                self.journal.add_text(&text);
                response.text.push_str(&text);
            }
            Chunk::ToolCall(call) => response.calls.push(self.plan_call(response, call)),
            Chunk::Usage(Usage { input_tokens, output_tokens }) => {
                response.input_tokens = i64::try_from(input_tokens).unwrap_or(i64::MAX);
                response.output_tokens = i64::try_from(output_tokens).unwrap_or(i64::MAX);
                self.journal.add_tokens(response.input_tokens, response.output_tokens);
            }
        }
    }

    /// The call as it is stored: with an id that is unique within the turn, which not every provider
    /// ensures.
    fn plan_call(&self, response: &ModelResponse, call: llm::ToolCall) -> PlannedToolCall {
        let llm::ToolCall { mut id, name, arguments, signature } = call;
        let responses = self.journal.progress().responses().iter().chain([response]);
        let ids = responses.flat_map(|it| &it.calls).map(|it| it.id.as_str()).collect::<Vec<_>>();
        let mut number = ids.len();
        while id.is_empty() || ids.contains(&id.as_str()) {
            number += 1;
            id = format!("call_{number}");
        }
        PlannedToolCall { id, name, arguments, signature }
    }
}

/// The provider's error message is logged and not returned to callers.
fn model_unavailable(error: &llm::Error) -> Interruption {
    tracing::warn!(%error, "model failed");
    let message = "no model is available; try again later";
    let failure = TurnFailure::new(ErrorReason::ModelUnavailable, message);
    Interruption::EndTurn(TurnOutcome::Failed(failure))
}
