//! Retries of tool calls.

use std::time::Duration;

use tokio::time::{Instant, sleep};
use tower::retry::budget::{Budget as _, TpsBudget};

use crate::failure::Failure;
use crate::{Call, Outcome, Settings, Toolbox};

const INITIAL_BACKOFF: Duration = Duration::from_millis(250);
const MAX_BACKOFF: Duration = Duration::from_secs(1);

/// The window in which the retry budget counts calls and retries.
const BUDGET_WINDOW: Duration = Duration::from_secs(10);
/// Retries that the budget allows at any rate of calls.
const MIN_RETRIES_PER_SECOND: u32 = 1;

/// The retry budget that all turns share: retries must not overload a task service in trouble.
pub(crate) fn retry_budget(settings: &Settings) -> TpsBudget {
    TpsBudget::new(BUDGET_WINDOW, MIN_RETRIES_PER_SECOND, settings.retry_share())
}

impl Toolbox {
    /// Runs a tool, and retries with the same request id while the task service is unavailable.
    /// Before each retry `may_continue` is checked.
    ///
    /// A call that was sent and not answered may have its effect then or later. It is retried even
    /// if `may_continue` returns `false`: only a response settles it, and after one nothing more happens.
    /// The retries begin when an attempt is lost, and end `retry_timeout` later, but not before every attempt
    /// is over: the task service drops what it has not done by the deadline of an attempt.
    pub async fn call_tool_with_retry(
        &self,
        call: Call<'_>,
        may_continue: impl Fn() -> bool,
    ) -> Outcome {
        self.retry_budget.deposit();
        let mut give_up = None;
        let (mut backoff, mut is_unknown) = (INITIAL_BACKOFF, call.is_replay);
        loop {
            let over = Instant::now() + self.deadline;
            let deadline = over.min(give_up.unwrap_or(call.deadline));
            let failure = match self.call_tool(Call { deadline, ..call }).await {
                Ok(result) => return Outcome { succeeded: true, result },
                Err(failure) => failure,
            };
            let is_open = failure.is_retryable() || is_unknown && failure.is_inconclusive();
            if !is_open {
                return failure.into();
            }
            is_unknown |= failure.outcome_unknown();
            let failure = if is_unknown { Failure::OutcomeUnknown } else { failure };
            let give_up = *give_up.get_or_insert_with(|| {
                call.deadline.min(over.max(Instant::now() + self.retry_timeout))
            });
            let is_in_time = Instant::now() + backoff < give_up;
            if !is_in_time || !(is_unknown || may_continue() && self.allows_retry()) {
                return failure.into();
            }
            sleep(backoff).await;
            backoff = MAX_BACKOFF.min(backoff * 4);
            if !is_unknown && !may_continue() {
                return failure.into();
            }
        }
    }

    /// Takes a retry from the budget. None while the circuit breaker is open.
    fn allows_retry(&self) -> bool {
        !self.client.is_circuit_open() && self.retry_budget.withdraw()
    }
}
