//! Turns whose process is gone: their lease runs out, and whoever sees it first goes on with them.

use std::time::Duration;

use tandem_auth::Owner;
use tandem_errors::Error;
use tandem_proto::errors::ErrorReason;
use tandem_server::every;
use tokio_util::sync::CancellationToken;

use super::Agent;
use super::work::Job;
use crate::domain::{Failure, Progress};
use crate::store::{self, Ending, Lease, TakenOver};

/// How often expired leases are looked for in the time of one.
const LOOKS: u32 = 6;

/// How often a turn is taken over before it is given up: it may be what its processes die of.
const MOST_TAKEOVERS: i64 = 10;

impl Agent {
    /// Looks for turns whose process is gone, until `stop`.
    pub async fn recover(&self, stop: CancellationToken) {
        every(self.0.limits.lease() / LOOKS, &stop, || async {
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
                && let Some(taken) = self.0.door.take_over(&owner, expired).await?
            {
                self.go_on(owner, taken).await?;
            }
        }
        Ok(())
    }

    /// Goes on with a turn from its journal.
    async fn go_on(&self, owner: Owner, taken: TakenOver) -> Result<(), Error> {
        let TakenOver { lease, created, cancel_requested } = taken;
        let db = self.0.db.reader();
        let steps = store::list_steps(db, &owner, lease.turn_id).await?;
        let events = store::all_events(db, &owner, lease.turn_id).await?;
        let Some(last) = events.last() else {
            return Err(Error::internal("a turn without events"));
        };
        let worked = u64::try_from(last.time - created).unwrap_or_default();
        let progress = Progress::replay(steps, events.iter().map(|stored| &stored.event));
        if lease.number > Lease::FIRST + MOST_TAKEOVERS {
            return self.give_up(&owner, lease, progress).await;
        }
        tracing::warn!(turn.id = %lease.turn_id, lease.number, "turn taken over from a process that is gone");
        let time_left = self.0.limits.turn().saturating_sub(Duration::from_micros(worked));
        let last_sequence = last.sequence;
        let job = Job { owner, lease, last_sequence, progress, time_left };
        self.begin(job, cancel_requested);
        Ok(())
    }

    /// Ends a turn with what its journal says was written.
    async fn give_up(&self, owner: &Owner, lease: Lease, progress: Progress) -> Result<(), Error> {
        let mut answer = progress.answer().clone();
        answer.end_calls();
        let message = "the turn was interrupted too often; what it did until then is kept";
        let ending = Ending::Failed(Failure::new(ErrorReason::TurnInterrupted, message));
        self.0.door.finish(owner, lease, ending, answer, progress.usage()).await?;
        tracing::error!(turn.id = %lease.turn_id, "turn given up");
        Ok(())
    }
}
