//! Recovery of turns whose worker is gone: their lease expires, and the first process that sees it takes
//! them over.

use std::sync::Arc;
use std::time::Duration;

use futures::stream::{self, StreamExt as _};
use tandem_auth::Owner;
use tandem_clock::Timestamp;
use tandem_error::Error;
use tandem_proto::errors::ErrorReason;
use tandem_server::run_periodically;
use tokio::sync::OwnedSemaphorePermit;
use tokio_util::sync::CancellationToken;

use super::Agent;
use super::worker::TurnJob;
use crate::domain::{TurnFailure, TurnProgress};
use crate::store::{self, Lease, StoredEvent, TakenOver, TurnEnd, TurnOutcome};

/// How often expired leases are queried, per lease duration.
const CHECKS_PER_LEASE: u32 = 6;

/// How many turns are taken over at the same time.
const CONCURRENT_RECOVERIES: usize = 4;

/// After this many failures a check ends.
const MAX_FAILED: usize = 500;

/// A turn that was taken over more often fails: it may be the cause of its workers' deaths.
const MAX_TAKEOVERS: i64 = 10;

/// A turn that is older fails. The task service keeps the request ids of tool
/// calls for a day, and no caller waits for the answer any more.
const MAX_AGE: Duration = Duration::from_secs(60 * 60);

impl Agent {
    /// Recovers turns until `stop` is cancelled.
    pub async fn recover(&self, stop: CancellationToken) {
        run_periodically(self.0.limits.lease_duration.get() / CHECKS_PER_LEASE, &stop, || async {
            if let Err(error) = self.recover_expired_turns(&stop).await {
                tracing::warn!(%error, "failed to recover turns");
            }
        })
        .await;
    }

    /// Recovers all turns that have expired until now, a few at a time. Those that fail are left to the next
    /// check.
    async fn recover_expired_turns(&self, stop: &CancellationToken) -> Result<(), Error> {
        let mut failed = Vec::new();
        while failed.len() < MAX_FAILED {
            let now = self.0.clock.now();
            let expired = store::list_expired_leases(self.0.db.reader(), now, &failed).await?;
            if expired.is_empty() || stop.is_cancelled() {
                break;
            }
            let recovered = expired.into_iter().map(|(owner, lease)| async move {
                let is_recovered = self.recover_turn(&owner, lease, stop).await;
                (!is_recovered).then_some(lease.turn_id)
            });
            let recovered = stream::iter(recovered).buffer_unordered(CONCURRENT_RECOVERIES);
            failed.extend(recovered.collect::<Vec<_>>().await.into_iter().flatten());
        }
        Ok(())
    }

    /// Takes a turn over when this process may run another. Returns whether it did.
    async fn recover_turn(&self, owner: &Owner, expired: Lease, stop: &CancellationToken) -> bool {
        if self.0.running.contains(expired.turn_id) {
            return false;
        }
        let permit = Arc::clone(&self.0.permits).acquire_owned();
        let Some(Ok(permit)) = stop.run_until_cancelled(permit).await else { return false };
        let expiry = self.lease_expiry();
        let taken = match self.0.journal.take_over(owner, expired).await {
            Ok(Some(taken)) => taken,
            Ok(None) => return false,
            Err(error) => {
                tracing::warn!(turn.id = %expired.turn_id, %error, "failed to take over turn");
                return false;
            }
        };
        let resumed = self.resume_turn(owner, taken, expiry, permit).await;
        if let Err(error) = &resumed {
            tracing::warn!(turn.id = %expired.turn_id, %error, "failed to resume turn");
            // Lets the next check retry, without a wait for the new lease to expire.
            if let Err(error) = self.0.journal.release_lease(owner, taken.lease).await {
                tracing::warn!(turn.id = %expired.turn_id, %error, "failed to release lease");
            }
        }
        resumed.is_ok()
    }

    /// Resumes a turn from its journal.
    async fn resume_turn(
        &self,
        owner: &Owner,
        taken: TakenOver,
        expiry: Timestamp,
        permit: OwnedSemaphorePermit,
    ) -> Result<(), Error> {
        let TakenOver { lease, created, cancel_requested } = taken;
        let now = self.0.clock.now();
        let journal = self.read_journal(owner, lease).await;
        if lease.number > Lease::FIRST + MAX_TAKEOVERS
            || now.saturating_duration_since(created) > MAX_AGE
        {
            // A turn ends even if its journal cannot be read.
            let progress = journal.map(|(progress, _)| progress).unwrap_or_default();
            return self.abandon_turn(owner, lease, progress).await;
        }
        let (progress, last) = journal?;
        tracing::warn!(turn.id = %lease.turn_id, lease.number, "took over turn");
        let worked = last.time.saturating_duration_since(created);
        let time_left = self.0.limits.turn_timeout.get().saturating_sub(worked);
        let (owner, last_sequence) = (owner.clone(), last.sequence);
        let job = TurnJob { owner, lease, last_sequence, progress, time_left, permit };
        self.spawn_worker(job, expiry, cancel_requested);
        Ok(())
    }

    /// The progress of a turn and its newest event.
    async fn read_journal(
        &self,
        owner: &Owner,
        lease: Lease,
    ) -> Result<(TurnProgress, StoredEvent), Error> {
        let db = self.0.db.reader();
        let responses = store::list_model_responses(db, owner, lease.turn_id).await?;
        let mut events = store::list_all_events(db, owner, lease.turn_id).await?;
        let progress = TurnProgress::replay(responses, events.iter().map(|stored| &stored.event));
        let last = events.pop().ok_or_else(|| Error::internal("a turn has no events"))?;
        Ok((progress, last))
    }

    /// Fails a turn, with the output that its journal has.
    async fn abandon_turn(
        &self,
        owner: &Owner,
        lease: Lease,
        progress: TurnProgress,
    ) -> Result<(), Error> {
        let message = "the turn was interrupted for too long; its output until then is kept";
        let failure = TurnFailure::new(ErrorReason::TurnInterrupted, message);
        let mut output = progress.output().clone();
        output.fail_running_calls();
        let (outcome, usage) = (TurnOutcome::Failed(failure), progress.usage());
        let (unwritten, shares) = (Vec::new(), progress.shares().clone());
        let end = TurnEnd { outcome, unwritten, output, usage, shares, is_cut: false };
        self.0.journal.finish_turn(owner, lease, end).await?;
        self.0.running.notify_all_of(lease.turn_id);
        tracing::error!(turn.id = %lease.turn_id, "abandoned turn after repeated interruptions");
        Ok(())
    }
}
