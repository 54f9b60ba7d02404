//! The job that removes for good what has been deleted long enough.

use std::time::Duration;

use tandem_server::{Clock, every};
use tokio_util::sync::CancellationToken;

use crate::settings::Purge;
use crate::store::{RetentionCutoffs, TaskWriter};

/// Microseconds in an hour.
const HOUR: i64 = 60 * 60 * 1_000_000;

/// Purges at once and then once in each interval, until `stop`.
pub(crate) async fn every_so_often(
    writer: &TaskWriter,
    clock: &Clock,
    settings: &Purge,
    stop: &CancellationToken,
) {
    every(Duration::from_secs(settings.every_seconds), stop, || async {
        match writer.purge(kept(clock.now_micros(), settings)).await {
            Ok(purged) if purged.tasks > 0 || purged.changes > 0 => {
                tracing::info!(tasks = purged.tasks, changes = purged.changes, "purged");
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "not purged"),
        }
    })
    .await;
}

fn kept(now: i64, settings: &Purge) -> RetentionCutoffs {
    RetentionCutoffs {
        deleted_since: now - i64::from(settings.deleted_days) * 24 * HOUR,
        changed_since: now - i64::from(settings.changes_hours) * HOUR,
    }
}
