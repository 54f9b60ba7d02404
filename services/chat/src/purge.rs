//! The job that removes for good what has been deleted long enough.

use std::time::Duration;

use tandem_server::{Clock, every};
use tokio_util::sync::CancellationToken;

use crate::settings::Purge;
use crate::store::ConversationWriter;

/// Microseconds in a day.
const DAY: i64 = 24 * 60 * 60 * 1_000_000;

/// Purges at once and then once in each interval, until `stop`.
pub(crate) async fn every_so_often(
    writer: &ConversationWriter,
    clock: &Clock,
    settings: &Purge,
    stop: &CancellationToken,
) {
    every(Duration::from_secs(settings.every_seconds), stop, || async {
        let since = clock.now_micros() - i64::from(settings.deleted_days) * DAY;
        match writer.purge_deleted(since).await {
            Ok(0) => {}
            Ok(conversations) => tracing::info!(conversations, "purged"),
            Err(error) => tracing::warn!(%error, "purge failed"),
        }
    })
    .await;
}
