//! Turns whose process is gone: their lease runs out, and whoever sees it first ends them.

use std::time::Duration;

use tandem_auth::Owner;
use tandem_errors::Error;
use tandem_proto::errors::ErrorReason;
use tandem_server::every;
use tokio_util::sync::CancellationToken;

use super::Agent;
use crate::domain::{Answer, Failure, Usage};
use crate::store::{self, Ending, Lease};

/// How often expired leases are looked for.
const EVERY: Duration = Duration::from_secs(2);

impl Agent {
    /// Looks for turns whose process is gone, until `stop`.
    pub async fn recover(&self, stop: CancellationToken) {
        every(EVERY, &stop, || async {
            if let Err(error) = self.recover_expired().await {
                tracing::warn!(%error, "turns not recovered");
            }
        })
        .await;
    }

    async fn recover_expired(&self) -> Result<(), Error> {
        let now = self.0.clock.now_micros();
        for (owner, expired) in store::expired_turns(self.0.db.reader(), now).await? {
            if !self.0.running.has(expired.turn_id)
                && let Some(lease) = self.0.door.take_over(&owner, expired).await?
            {
                self.end_interrupted(&owner, lease).await?;
            }
        }
        Ok(())
    }

    /// Ends a turn with what its events say was written.
    async fn end_interrupted(&self, owner: &Owner, lease: Lease) -> Result<(), Error> {
        let mut answer = Answer::default();
        let mut usage = Usage::default();
        let mut after = 0;
        loop {
            let db = self.0.db.reader();
            let events = store::list_events(db, owner, lease.turn_id, after).await?;
            let Some(last) = events.last() else { break };
            after = last.sequence;
            events.iter().for_each(|stored| answer.apply(&stored.event));
        }
        answer.end_calls();
        usage.tool_calls = i64::try_from(answer.tool_calls.len()).unwrap_or(i64::MAX);
        let ending = Ending::Failed(interruption());
        self.0.door.finish(owner, lease, ending, answer, usage).await?;
        tracing::warn!(turn.id = %lease.turn_id, "interrupted turn ended");
        Ok(())
    }
}

/// Why a turn failed whose process is gone.
pub(super) fn interruption() -> Failure {
    let message = "the turn was interrupted; what it did until then is kept";
    Failure::new(ErrorReason::TurnInterrupted, message)
}
