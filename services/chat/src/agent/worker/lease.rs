//! Keeping the lease of a running turn.

use tandem_auth::Owner;
use tokio::time::{Instant, interval_at};

use crate::agent::AgentInner;
use crate::agent::running::TurnHandle;
use crate::store::{Lease, LeaseStatus};

/// How many times a lease is renewed within its duration.
const RENEWALS_PER_LEASE: u32 = 6;

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
        match inner.journal.renew_lease(owner, lease).await {
            Ok(LeaseStatus::Held) => {}
            Ok(LeaseStatus::CancelRequested) => handle.cancelled.cancel(),
            Ok(LeaseStatus::Lost) => return,
            Err(error) => {
                tracing::warn!(turn.id = %lease.turn_id, %error, "failed to renew lease");
            }
        }
    }
}
