//! Turns whose process is gone: their lease runs out, and whoever sees it first goes on with them.

use std::time::Duration;

use tandem_auth::Owner;
use tandem_clock::Timestamp;
use tandem_error::Error;
use tandem_proto::errors::ErrorReason;
use tandem_server::run_periodically;
use tokio_util::sync::CancellationToken;

use super::Agent;
use super::work::Job;
use crate::domain::{Failure, Progress};
use crate::store::{self, Ending, Finish, Lease, StoredEvent, TakenOver};

/// How often expired leases are looked for in the time of one.
const LOOKS: u32 = 6;

/// How often a turn is taken over before it is given up: it may be what its processes die of.
const MOST_TAKEOVERS: i64 = 10;

/// The age at which it is given up, an hour. The task service remembers the request ids
/// of calls for a day, and nobody waits for the answer any more.
const OLDEST: Duration = Duration::from_secs(60 * 60);

impl Agent {
    /// Looks for turns whose process is gone, until `stop`.
    pub async fn recover(&self, stop: CancellationToken) {
        run_periodically(self.0.limits.lease_duration.get() / LOOKS, &stop, || async {
            if let Err(error) = self.recover_expired(&stop).await {
                tracing::warn!(%error, "turns not recovered");
            }
        })
        .await;
    }

    async fn recover_expired(&self, stop: &CancellationToken) -> Result<(), Error> {
        let now = self.0.clock.now();
        for (owner, expired) in store::expired_turns(self.0.db.reader(), now).await? {
            if stop.is_cancelled() {
                break;
            }
            if !self.0.running.has(expired.turn_id)
                && let Some(taken) = self.0.door.take_over(&owner, expired).await?
                && let Err(error) = self.go_on(&owner, taken, now).await
            {
                tracing::warn!(turn.id = %expired.turn_id, %error, "turn not gone on with");
                // Tried again with the next look, and not when the new lease runs out.
                self.0.door.release(&owner, taken.lease).await?;
            }
        }
        Ok(())
    }

    /// Goes on with a turn from its journal.
    async fn go_on(&self, owner: &Owner, taken: TakenOver, now: Timestamp) -> Result<(), Error> {
        let TakenOver { lease, created, cancel_requested } = taken;
        let read = self.read(owner, lease).await;
        if lease.number > Lease::FIRST + MOST_TAKEOVERS
            || now.saturating_duration_since(created) > OLDEST
        {
            // Even a journal that cannot be read comes to an end.
            let progress = read.map(|(progress, _)| progress).unwrap_or_default();
            return self.give_up(owner, lease, progress).await;
        }
        let (progress, last) = read?;
        tracing::warn!(turn.id = %lease.turn_id, lease.number, "turn taken over");
        let worked = last.time.saturating_duration_since(created);
        let time_left = self.0.limits.turn_timeout.get().saturating_sub(worked);
        let (owner, last_sequence) = (owner.clone(), last.sequence);
        self.begin(Job { owner, lease, last_sequence, progress, time_left }, cancel_requested);
        Ok(())
    }

    /// How far a turn has come, and its newest event.
    async fn read(&self, owner: &Owner, lease: Lease) -> Result<(Progress, StoredEvent), Error> {
        let db = self.0.db.reader();
        let steps = store::list_steps(db, owner, lease.turn_id).await?;
        let mut events = store::all_events(db, owner, lease.turn_id).await?;
        let progress = Progress::replay(steps, events.iter().map(|stored| &stored.event));
        let last = events.pop().ok_or_else(|| Error::internal("a turn without events"))?;
        Ok((progress, last))
    }

    /// Ends a turn with what its journal says was written.
    async fn give_up(&self, owner: &Owner, lease: Lease, progress: Progress) -> Result<(), Error> {
        let message = "the turn was interrupted for too long; what it did until then is kept";
        let ending = Ending::Failed(Failure::new(ErrorReason::TurnInterrupted, message));
        let mut answer = progress.answer().clone();
        answer.end_calls();
        let finish = Finish { ending, unwritten: Vec::new(), answer, usage: progress.usage() };
        self.0.door.finish(owner, lease, finish).await?;
        tracing::error!(turn.id = %lease.turn_id, "turn given up");
        Ok(())
    }
}
