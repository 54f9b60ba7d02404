//! What interrupts the work on a turn.

use tandem_proto::errors::ErrorReason;
use tokio::time::Instant;

use super::Worker;
use crate::agent::journal::WorkerStop;
use crate::domain::TurnFailure;
use crate::store::TurnOutcome;

/// Why a worker does not continue.
pub(super) enum Interruption {
    /// The turn ends before it is complete.
    EndTurn(TurnOutcome),
    /// The turn does not end; another worker resumes it.
    StopWorker(WorkerStop),
}

impl From<WorkerStop> for Interruption {
    fn from(stop: WorkerStop) -> Self {
        Self::StopWorker(stop)
    }
}

impl Worker<'_> {
    /// Fails if no other call may start.
    pub(super) fn expect_uninterrupted(&self) -> Result<(), Interruption> {
        if self.handle.cancelled.is_cancelled() {
            Err(Interruption::EndTurn(TurnOutcome::Cancelled))
        } else if self.handle.interrupted.is_cancelled() {
            Err(WorkerStop::HandOver.into())
        } else if Instant::now() >= self.deadline {
            Err(self.time_limit_reached())
        } else {
            Ok(())
        }
    }

    pub(super) fn time_limit_reached(&self) -> Interruption {
        let timeout = self.inner.limits.turn_timeout;
        let message = format!("the turn took longer than {timeout}");
        let failure = TurnFailure::new(ErrorReason::AgentLimitReached, message);
        Interruption::EndTurn(TurnOutcome::Failed(failure))
    }
}
