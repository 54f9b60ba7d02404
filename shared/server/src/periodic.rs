//! Background jobs.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

/// Runs `job` at the start and then once in each `period`, until `stop`. A started run is finished.
pub async fn run_periodically<F: Future<Output = ()>>(
    period: Duration,
    stop: &CancellationToken,
    job: impl Fn() -> F,
) {
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while stop.run_until_cancelled(ticks.tick()).await.is_some() {
        job().await;
    }
}
