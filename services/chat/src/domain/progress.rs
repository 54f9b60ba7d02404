//! How far a turn has come, and what is to be done next. It follows from the journal alone, so whoever
//! takes a turn over goes on exactly where the worker before was.
//!
//! ```text
//! Ask ─→ the model answers ─┬─ with calls ─→ Start ─→ Settle ─┬─ more calls ─→ Start
//!  ↑                        └─ without ────→ Answer           └─ no more ────→ Ask
//!  └───────────────────────────────────────────────────────────────────────────┘
//! ```

use tandem_proto::errors::ErrorReason as Reason;

use super::{Answer, Event, Failure, Planned, Step, ToolCall, ToolStatus, Usage};

/// How often a turn may ask the model and call tools.
#[derive(Debug, Clone, Copy)]
pub struct Allowance {
    /// Calls to the model.
    pub model_calls: u32,
    /// Calls to tools.
    pub tool_calls: u32,
}

/// What a worker has to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    /// Ask the model.
    Ask,
    /// Write down that this call begins.
    Start(Planned),
    /// Make the call that was begun, and write down its result. It may have been made before by a
    /// worker that is gone: only its request id makes it happen once.
    Settle(ToolCall),
    /// End the turn: it is answered.
    Answer,
    /// End the turn: it cannot be answered.
    GiveUp(Failure),
}

/// What has happened in a turn.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Progress {
    steps: Vec<Step>,
    answer: Answer,
    said: String,
    usage: Usage,
}

impl Progress {
    /// The progress that a journal tells of: the model's answers with calls, and the events.
    #[must_use]
    pub fn replay<'a>(steps: Vec<Step>, events: impl IntoIterator<Item = &'a Event>) -> Self {
        let mut progress = Self::default();
        for step in steps {
            progress.ask();
            progress.count(step.input_tokens, step.output_tokens);
            progress.answered(step);
        }
        for event in events {
            progress.apply(event);
        }
        progress
    }

    /// The model is asked.
    pub fn ask(&mut self) {
        self.usage.model_calls += 1;
    }

    /// The model says what it took.
    pub fn count(&mut self, input_tokens: i64, output_tokens: i64) {
        self.usage.input_tokens += input_tokens;
        self.usage.output_tokens += output_tokens;
    }

    /// The model has answered.
    pub fn answered(&mut self, step: Step) {
        self.steps.push(step);
    }

    /// Takes in the next event.
    pub fn apply(&mut self, event: &Event) {
        self.answer.apply(event);
        match event {
            Event::Text(text) => self.said.push_str(text),
            Event::ToolStarted(_) => {
                self.said.clear();
                self.usage.tool_calls += 1;
            }
            _ => {}
        }
    }

    /// What is to be done now.
    #[must_use]
    pub fn next(&self, most: Allowance) -> Next {
        if let Some(begun) = self.answer.tool_calls.last()
            && begun.status == ToolStatus::Running
        {
            return Next::Settle(begun.clone());
        }
        let begun = self.answer.tool_calls.len();
        match self.steps.iter().flat_map(|step| &step.calls).nth(begun) {
            Some(_) if self.usage.tool_calls >= i64::from(most.tool_calls) => {
                too_many(most.tool_calls, "tool")
            }
            Some(planned) => Next::Start(planned.clone()),
            None if self.steps.last().is_some_and(|step| step.calls.is_empty()) => self.end(),
            None if self.usage.model_calls >= i64::from(most.model_calls) => {
                too_many(most.model_calls, "model")
            }
            None => Next::Ask,
        }
    }

    fn end(&self) -> Next {
        if self.answer.content.is_empty() {
            let failure = Failure::new(Reason::ModelUnavailable, "the model gave no answer");
            return Next::GiveUp(failure);
        }
        Next::Answer
    }

    /// The model's answers so far.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The same as the model saw it when it was asked last: an answer of which calls are left to do
    /// came after that.
    #[must_use]
    pub fn at_latest_call(mut self) -> Self {
        let calls = self.steps.iter().map(|step| step.calls.len()).sum::<usize>();
        let results = self.answer.tool_calls.iter().filter(|call| call.result.is_some()).count();
        if results < calls {
            self.steps.pop();
        }
        self
    }

    /// What there is of an answer to the user.
    #[must_use]
    pub fn answer(&self) -> &Answer {
        &self.answer
    }

    /// What the user has seen of an answer of the model that was not heard to its end.
    #[must_use]
    pub fn said(&self) -> &str {
        &self.said
    }

    /// What the turn took so far.
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.usage
    }
}

fn too_many(most: u32, what: &str) -> Next {
    let message = format!("the agent needed more than {most} {what} calls");
    Next::GiveUp(Failure::new(Reason::AgentLimitReached, message))
}

#[cfg(test)]
mod tests;
