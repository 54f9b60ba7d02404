//! Making a tool call again.

use std::time::Duration;

use tokio::time::{Instant, sleep};
use tower::retry::budget::{Budget as _, TpsBudget};

use crate::{Call, Outcome, Settings, Toolbox};

/// The pauses before a tool call is made again, and how quickly it must have failed for that.
const PAUSES: [Duration; 2] = [Duration::from_millis(250), Duration::from_secs(1)];
const QUICK: Duration = Duration::from_secs(1);

/// In what time calls and repeats are counted, and how many repeats a second there may be in any case.
const WINDOW: Duration = Duration::from_secs(10);
const ALWAYS: u32 = 1;

/// The repeats that all turns together may make: a task service that is in trouble gets no more calls
/// than it can take.
pub(crate) fn budget(settings: &Settings) -> TpsBudget {
    TpsBudget::new(WINDOW, ALWAYS, settings.retry_share())
}

impl Toolbox {
    /// Runs a tool, and again with the same request id where the task service was away for a moment,
    /// which may have lost the answer and not the effect. `may_go_on` is asked before each repeat.
    pub async fn run_again(&self, call: Call<'_>, may_go_on: impl Fn() -> bool) -> Outcome {
        self.budget.deposit();
        let mut pauses = PAUSES.into_iter();
        loop {
            let began = Instant::now();
            let outcome = self.run(call).await;
            // One that took long has waited enough.
            let is_worth_it = outcome.may_pass() && began.elapsed() <= QUICK && !self.line.is_cut();
            let in_time = |pause: &Duration| Instant::now() + *pause < call.deadline;
            match pauses.next().filter(in_time) {
                Some(pause) if is_worth_it && may_go_on() && self.budget.withdraw() => {
                    sleep(pause).await;
                }
                _ => return outcome,
            }
            if !may_go_on() {
                return outcome;
            }
        }
    }
}
