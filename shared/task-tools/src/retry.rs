//! Making a tool call again.

use std::time::Duration;

use tokio::time::{Instant, sleep};
use tower::retry::budget::{Budget as _, TpsBudget};

use crate::{Call, Outcome, Settings, Toolbox};

/// The pause before a tool call is made again: the first, and the longest.
const PAUSE: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(1);

/// In what time calls and repeats are counted, and how many repeats a second there may be in any case.
const WINDOW: Duration = Duration::from_secs(10);
const ALWAYS: u32 = 1;

/// The repeats that all turns together may make: a task service that is in trouble gets no more calls
/// than it can take.
pub(crate) fn budget(settings: &Settings) -> TpsBudget {
    TpsBudget::new(WINDOW, ALWAYS, settings.retry_share())
}

impl Toolbox {
    /// Runs a tool, and for a while again with the same request id where the task service is away.
    /// `may_go_on` is asked before each repeat.
    ///
    /// A call that was sent and not answered may have had its effect, or have it later. It is made again
    /// whoever wants to stop: its answer is the only way to know, and after it nothing more happens.
    pub async fn run_again(&self, call: Call<'_>, may_go_on: impl Fn() -> bool) -> Outcome {
        self.budget.deposit();
        let give_up = call.deadline.min(Instant::now() + self.patience);
        let (mut pause, mut lost) = (PAUSE, call.again.then(Outcome::unknown));
        loop {
            let outcome = self.run(call).await;
            let is_open = outcome.may_pass() || (lost.is_some() && outcome.is_vague());
            if !is_open {
                return outcome;
            }
            if outcome.is_lost() {
                lost = Some(outcome.clone());
            }
            let is_worth_it = || may_go_on() && !self.line.is_cut() && self.budget.withdraw();
            let is_in_time = Instant::now() + pause < give_up;
            if !is_in_time || (lost.is_none() && !is_worth_it()) {
                return lost.unwrap_or(outcome);
            }
            sleep(pause).await;
            pause = LONGEST.min(pause * 4);
            if lost.is_none() && !may_go_on() {
                return outcome;
            }
        }
    }
}
