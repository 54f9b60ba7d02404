//! The job that removes for good what has been deleted long enough.

use std::time::Duration;

use tandem_clock::Clock;
use tandem_server::every;
use tokio_util::sync::CancellationToken;

use crate::settings::Purge;
use crate::store::Door;

/// One day.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Purges at once and then once in each interval, until `stop`.
pub(crate) async fn every_so_often(
    door: &Door,
    clock: &Clock,
    settings: &Purge,
    stop: &CancellationToken,
) {
    every(Duration::from_secs(settings.every_seconds), stop, || async {
        let since = clock.now() - DAY * settings.deleted_days;
        match door.purge(since).await {
            Ok(0) => {}
            Ok(conversations) => tracing::info!(conversations, "purged"),
            Err(error) => tracing::warn!(%error, "not purged"),
        }
    })
    .await;
}
