//! Calls to the model.

use futures::StreamExt as _;
use tandem_error::request;
use tandem_llm::{self as llm, Chunk, Prompt, Usage};
use tandem_proto::errors::ErrorReason;
use tokio::select;
use tokio::time::sleep_until;
use tracing::Instrument as _;

use super::Worker;
use super::interruption::Interruption;
use super::planned_call::plan_call;
use crate::agent::journal::WorkerStop;
use crate::domain::{ModelResponse, Tokens, TurnFailure, summarize_results};
use crate::store::TurnOutcome;

/// Size of all text of a turn, in bytes: several times what any model writes, and a fraction of what a
/// response to a client may hold.
const MAX_TEXT_BYTES: usize = 128 * 1024;

impl Worker<'_> {
    /// Calls the model once. Its text goes to the journal as it arrives.
    pub(super) async fn call_model(
        &mut self,
        model: &dyn llm::Model,
        prompt: Prompt,
    ) -> Result<(), Interruption> {
        self.expect_uninterrupted()?;
        self.journal.start_model_call();
        // The lines of retries and fallbacks belong to this turn and request.
        let id = request::current();
        let span =
            tracing::info_span!("model_call", turn.id = %self.turn_id, request.id = id.as_deref());
        let mut chunks = model.respond(prompt);
        let mut response = ModelResponse { model: model.name().to_owned(), ..Default::default() };
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
                chunk = chunks.next().instrument(span.clone()) => chunk,
            };
            match chunk {
                Some(Ok(chunk)) => self.add_chunk(&mut response, chunk),
                Some(Err(error)) => return self.model_failed(response, &error),
                None if response.is_empty() => {
                    return self.model_failed(response, &llm::Error::empty());
                }
                None => break,
            }
        }
        self.journal.finish_model_call(response);
        Ok(())
    }

    fn add_chunk(&mut self, response: &mut ModelResponse, chunk: Chunk) {
        match chunk {
            Chunk::Source(model) => response.model = model,
            Chunk::Text(text) => self.add_text(response, &text),
            Chunk::ToolCall(call) => {
                self.journal.set_answering_model(&response.model);
                // One more than a turn may have, so that the limit is reported.
                if response.calls.len() <= self.inner.limits.tool_calls as usize {
                    let earlier = self.journal.progress().responses().iter();
                    let call = plan_call(call, earlier.chain([&*response]));
                    response.calls.push(call);
                }
            }
            Chunk::Usage(Usage { input_tokens, output_tokens }) => {
                let tokens =
                    [input_tokens, output_tokens].map(|it| i64::try_from(it).unwrap_or(i64::MAX));
                let [input, output] = tokens;
                response.input_tokens = response.input_tokens.saturating_add(input);
                response.output_tokens = response.output_tokens.saturating_add(output);
                self.journal.add_tokens(&response.model, Tokens { input, output });
            }
            Chunk::Incomplete => response.incomplete = true,
        }
    }

    /// Adds text, as much of it as a turn may have.
    fn add_text(&mut self, response: &mut ModelResponse, text: &str) {
        // PostgreSQL cannot store NUL in text.
        let text = text.replace('\0', "");
        let earlier = self.journal.progress().responses().iter().map(|it| it.text.len());
        let bytes_left =
            MAX_TEXT_BYTES.saturating_sub(earlier.sum::<usize>() + response.text.len());
        let kept = &text[..text.floor_char_boundary(bytes_left)];
        response.incomplete |= kept.len() < text.len();
        if !kept.is_empty() {
            self.journal.set_answering_model(&response.model);
            self.journal.add_text(kept);
            response.text.push_str(kept);
        }
    }

    /// Ends the turn. The provider's error message is logged and not returned to callers. A model that
    /// had nothing to say after its tools ends the turn with what they did.
    fn model_failed(
        &mut self,
        mut response: ModelResponse,
        error: &llm::Error,
    ) -> Result<(), Interruption> {
        let id = request::current();
        tracing::warn!(
            model.name = response.model, turn.id = %self.turn_id, request.id = id.as_deref(), %error,
            "model failed"
        );
        let output = self.journal.progress().output();
        if error.is_empty()
            && let Some(summary) = summarize_results(&output.tool_calls)
        {
            self.journal.add_text(&summary);
            response.text = summary;
            self.journal.finish_model_call(response);
            return Ok(());
        }
        let message = "no model is available; try again later";
        let failure = TurnFailure::new(ErrorReason::ModelUnavailable, message);
        let failure = failure.with_retry_delay(error.retry_after());
        Err(Interruption::EndTurn(TurnOutcome::Failed(failure)))
    }
}
