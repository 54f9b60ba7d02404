//! The job that removes for good what has been deleted long enough.

use std::time::Duration;

use tandem_clock::{Clock, Timestamp};
use tandem_server::every;
use tokio_util::sync::CancellationToken;

use crate::settings::Purge;
use crate::store::{RetentionCutoffs, TaskWriter};

/// One hour.
const HOUR: Duration = Duration::from_secs(60 * 60);

/// Purges at once and then once in each interval, until `stop`.
pub(crate) async fn every_so_often(
    writer: &TaskWriter,
    clock: &Clock,
    settings: &Purge,
    stop: &CancellationToken,
) {
    every(Duration::from_secs(settings.every_seconds), stop, || async {
        match writer.purge(kept(clock.now(), settings)).await {
            Ok(purged) if purged.tasks > 0 || purged.changes > 0 => {
                tracing::info!(tasks = purged.tasks, changes = purged.changes, "purged");
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "not purged"),
        }
    })
    .await;
}

fn kept(now: Timestamp, settings: &Purge) -> RetentionCutoffs {
    RetentionCutoffs {
        deleted_since: now - HOUR * 24 * settings.deleted_days,
        changed_since: now - HOUR * settings.changes_hours,
    }
}
