//! The progress of a turn, built from its journal.

use super::{ModelResponse, ModelShares, Tokens, TurnEvent, TurnOutput, TurnUsage};

/// What has happened in a turn so far.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TurnProgress {
    responses: Vec<ModelResponse>,
    output: TurnOutput,
    partial_response: String,
    usage: TurnUsage,
    shares: ModelShares,
}

impl TurnProgress {
    /// Rebuilds the progress from a journal: the model responses with tool calls, and the events.
    #[must_use]
    pub fn replay<'a>(
        responses: Vec<ModelResponse>,
        events: impl IntoIterator<Item = &'a TurnEvent>,
    ) -> Self {
        let mut progress = Self::default();
        for response in responses {
            progress.count_model_call();
            let tokens = Tokens { input: response.input_tokens, output: response.output_tokens };
            progress.add_tokens(&response.model, tokens);
            progress.add_response(response);
        }
        for event in events {
            progress.apply_event(event);
        }
        progress
    }

    /// Counts a model call at its start.
    pub fn count_model_call(&mut self) {
        self.usage.model_calls += 1;
    }

    /// Adds the tokens of a call, complete or not.
    pub fn add_tokens(&mut self, model: &str, tokens: Tokens) {
        self.usage.input_tokens = self.usage.input_tokens.saturating_add(tokens.input);
        self.usage.output_tokens = self.usage.output_tokens.saturating_add(tokens.output);
        self.shares.add_tokens(model, tokens);
    }

    /// Sets the model that answers.
    pub fn set_answering_model(&mut self, model: &str) {
        if self.shares.latest.as_deref() != Some(model) {
            self.shares.latest = Some(model.to_owned());
        }
    }

    /// Adds a complete model response.
    pub fn add_response(&mut self, response: ModelResponse) {
        if !response.model.is_empty() {
            self.set_answering_model(&response.model);
        }
        self.responses.push(response);
    }

    pub fn apply_event(&mut self, event: &TurnEvent) {
        self.output.apply_event(event);
        match event {
            TurnEvent::Text(text) => self.partial_response.push_str(text),
            TurnEvent::ToolStarted(_) => {
                self.partial_response.clear();
                self.usage.tool_calls += 1;
            }
            TurnEvent::Started { .. }
            | TurnEvent::ToolFinished(_)
            | TurnEvent::Completed { .. }
            | TurnEvent::Failed { .. }
            | TurnEvent::Cancelled { .. } => {}
        }
    }

    /// The complete model responses.
    #[must_use]
    pub fn responses(&self) -> &[ModelResponse] {
        &self.responses
    }

    /// The progress at the latest model call: a response with calls that are not finished came later.
    #[must_use]
    pub fn at_latest_model_call(mut self) -> Self {
        let calls = self.responses.iter().map(|it| it.calls.len()).sum::<usize>();
        let results = self.output.tool_calls.iter().filter(|it| it.result.is_some()).count();
        if results < calls {
            self.responses.pop();
        }
        self
    }

    #[must_use]
    pub fn output(&self) -> &TurnOutput {
        &self.output
    }

    /// The text that was delivered of a model response whose tool calls are not recorded, for example
    /// because the worker died while it received the response.
    #[must_use]
    pub fn partial_response(&self) -> &str {
        &self.partial_response
    }

    #[must_use]
    pub fn usage(&self) -> TurnUsage {
        self.usage
    }

    #[must_use]
    pub fn shares(&self) -> &ModelShares {
        &self.shares
    }

    /// Whether the model stopped before its answer was complete.
    #[must_use]
    pub fn is_answer_cut(&self) -> bool {
        self.responses.last().is_some_and(|it| it.incomplete && it.calls.is_empty())
    }
}

#[cfg(test)]
mod tests;
