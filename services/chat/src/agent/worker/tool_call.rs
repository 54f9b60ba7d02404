//! Execution of tool calls.

use serde_json::Value;
use tandem_task_tools as tools;
use tokio::select;

use super::Worker;
use super::interruption::Interruption;
use crate::agent::context::truncate_tool_result;
use crate::agent::journal::WorkerStop;
use crate::domain::{ToolCall, ToolStatus};

/// Size of the results of a turn that are stored whole, as JSON in bytes. Later ones are shortened as for
/// a prompt.
const MAX_RESULT_BYTES: usize = 384 * 1024;

impl Worker<'_> {
    /// Executes a call that was started, and records its result. A started call is executed even if the
    /// turn is cancelled meanwhile: one that may have been sent is repeated until its result is known,
    /// so that it has no effect after the turn's end.
    pub(super) async fn finish_tool(&mut self, mut call: ToolCall) -> Result<(), Interruption> {
        let is_replay = std::mem::take(&mut self.is_replay);
        let outcome = select! {
            outcome = self.execute_tool(&call, is_replay) => outcome,
            // The next worker repeats the call.
            () = self.handle.interrupted.cancelled() => return Err(WorkerStop::HandOver.into()),
        };
        self.audit_tool_call(&call, &outcome);
        call.status = if outcome.succeeded { ToolStatus::Succeeded } else { ToolStatus::Failed };
        call.result = Some(self.bounded_result(outcome.result));
        Ok(self.journal.write_tool_finished(call).await?)
    }

    /// A result as it is stored: whole, unless the results of the turn are more than a client can read.
    fn bounded_result(&self, result: Value) -> Value {
        let earlier = self.journal.progress().output().tool_calls.iter();
        let earlier = earlier.filter_map(|call| call.result.as_ref()).map(json_bytes);
        if earlier.sum::<usize>() + json_bytes(&result) <= MAX_RESULT_BYTES {
            return result;
        }
        truncate_tool_result(&result, self.inner.limits.tool_result_chars)
    }

    async fn execute_tool(&self, call: &ToolCall, is_replay: bool) -> tools::Outcome {
        let bearer_token = match self.inner.credentials.mint_token(self.owner, self.turn_id) {
            Ok(token) => token,
            Err(error) => {
                tracing::error!(turn.id = %self.turn_id, %error, "failed to mint delegated token");
                return tools::Outcome::unavailable();
            }
        };
        // Repetitions of a call have the same request id, whichever worker makes them: it takes effect
        // once.
        let number = self.journal.progress().output().tool_calls.len();
        let request_id = format!("{}-{number}", self.turn_id);
        let call = tools::Call {
            name: &call.name,
            arguments: &call.arguments,
            bearer_token: &bearer_token,
            request_id: &request_id,
            deadline: self.deadline,
            is_replay,
        };
        self.inner.toolbox.call_tool_with_retry(call, || self.expect_uninterrupted().is_ok()).await
    }

    fn audit_tool_call(&self, call: &ToolCall, outcome: &tools::Outcome) {
        let (user, turn, tool) = (self.owner.as_str(), self.turn_id, call.name.as_str());
        let outcome = if outcome.succeeded { "succeeded" } else { "failed" };
        tracing::info!(
            target: "audit",
            outcome, user.id = user, turn.id = %turn, tool.name = tool,
            "tool call"
        );
    }
}

fn json_bytes(value: &Value) -> usize {
    value.to_string().len()
}
