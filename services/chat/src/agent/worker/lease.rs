//! Keeping the lease of a running turn.

use std::future::poll_fn;
use std::task::Poll;

use tandem_auth::Owner;
use tokio::time::{Instant, interval_at};

use crate::agent::AgentInner;
use crate::agent::running::TurnHandle;
use crate::store::{Lease, LeaseStatus};

/// How many times a lease is renewed within its duration.
const RENEWALS_PER_LEASE: u32 = 6;

/// Ends when less than one renewal period of the lease is left: another worker may soon take the turn over.
/// It has no timer of its own; it is polled before each step of the work, so that a process that was suspended
/// stops before it sends anything.
pub(super) async fn lease_end(inner: &AgentInner, handle: &TurnHandle) {
    let margin = inner.limits.lease_duration.get() / RENEWALS_PER_LEASE;
    poll_fn(|_| {
        let is_over = inner.clock.now() + margin >= handle.lease_expiry();
        if is_over { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

/// Renews the lease until it is lost. Passes on a cancellation that another process received.
pub(super) async fn renew_until_lost(
    inner: &AgentInner,
    owner: &Owner,
    lease: Lease,
    handle: &TurnHandle,
) {
    let period = inner.limits.lease_duration.get() / RENEWALS_PER_LEASE;
    let mut ticks = interval_at(Instant::now() + period, period);
    loop {
        ticks.tick().await;
        // Before the renewal, which may take long.
        let expiry = inner.clock.now() + inner.limits.lease_duration.get();
        match inner.journal.renew_lease(owner, lease).await {
            Ok(LeaseStatus::Held) => handle.extend_lease(expiry),
            Ok(LeaseStatus::CancelRequested) => {
                handle.extend_lease(expiry);
                handle.cancelled.cancel();
            }
            Ok(LeaseStatus::Lost) => return,
            Err(error) => {
                tracing::warn!(turn.id = %lease.turn_id, %error, "failed to renew lease");
            }
        }
    }
}
