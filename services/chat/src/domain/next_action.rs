//! The next action of a turn's worker. It follows from the journal alone, so that a worker that takes a
//! turn over continues exactly where the previous one stopped.
//!
//! ```text
//! CallModel ─→ response ─┬─ with calls ─→ StartTool ─→ FinishTool ─┬─ calls left ─→ StartTool
//!  ↑                     └─ without ────→ Complete                 └─ none left ──→ CallModel
//!  └──────────────────────────────────────────────────────────────────────────────────┘
//! ```

use tandem_proto::errors::ErrorReason as Reason;

use super::{PlannedToolCall, ToolCall, ToolStatus, TurnFailure, TurnProgress};

/// The largest number of calls a turn may make.
#[derive(Debug, Clone, Copy)]
pub struct TurnBudget {
    pub model_calls: u32,
    pub tool_calls: u32,
}

/// What the worker does next.
#[derive(Debug, Clone, PartialEq)]
pub enum NextAction {
    CallModel,
    /// Record the start of this call.
    StartTool(PlannedToolCall),
    /// Execute the call that was started, and record its result. A previous worker may have executed
    /// it already: the request id makes the repetition idempotent.
    FinishTool(ToolCall),
    /// End the turn with its answer.
    Complete,
    /// End the turn without an answer.
    Fail(TurnFailure),
}

impl TurnProgress {
    /// The next action within `budget`.
    #[must_use]
    pub fn next_action(&self, budget: TurnBudget) -> NextAction {
        let started = &self.output().tool_calls;
        if let Some(last) = started.last()
            && last.status == ToolStatus::Running
        {
            return NextAction::FinishTool(last.clone());
        }
        match self.responses().iter().flat_map(|it| &it.calls).nth(started.len()) {
            Some(_) if self.usage().tool_calls >= i64::from(budget.tool_calls) => {
                fail_over_budget(budget.tool_calls, "tool")
            }
            Some(planned) => NextAction::StartTool(planned.clone()),
            None if self.responses().last().is_some_and(|it| it.calls.is_empty()) => {
                self.final_action()
            }
            None if self.usage().model_calls >= i64::from(budget.model_calls) => {
                fail_over_budget(budget.model_calls, "model")
            }
            None => NextAction::CallModel,
        }
    }

    fn final_action(&self) -> NextAction {
        if self.output().content.is_empty() {
            let message = "the model returned an empty answer";
            return NextAction::Fail(TurnFailure::new(Reason::ModelUnavailable, message));
        }
        NextAction::Complete
    }
}

fn fail_over_budget(limit: u32, kind: &str) -> NextAction {
    let message = format!("the agent needed more than {limit} {kind} calls");
    NextAction::Fail(TurnFailure::new(Reason::AgentLimitReached, message))
}
