//! The background job that removes what was deleted, and old changes, after their retention.

use tandem_clock::Timestamp;
use tandem_error::Error;
use tandem_service::Context;
use tokio_util::sync::CancellationToken;

use crate::Settings;
use crate::store::{PurgeReport, RetentionCutoffs, TaskWriter};

/// The job that purges in each interval of the settings.
pub(crate) fn job(
    context: &Context,
    writer: TaskWriter,
    settings: Settings,
) -> impl Future<Output = ()> + Send + use<> {
    context.purge_job(move |now, stop| {
        run_purge(writer.clone(), retention_cutoffs(&settings, now), stop)
    })
}

async fn run_purge(
    writer: TaskWriter,
    cutoffs: RetentionCutoffs,
    stop: CancellationToken,
) -> Result<(), Error> {
    let report = writer.purge(cutoffs, &stop).await?;
    if report != PurgeReport::default() {
        tracing::info!(tasks = report.tasks, changes = report.changes, "purged");
    }
    Ok(())
}

fn retention_cutoffs(settings: &Settings, now: Timestamp) -> RetentionCutoffs {
    RetentionCutoffs {
        deleted_since: now - settings.purge.deleted_retention.get(),
        changed_since: now - settings.change_log.retention.get(),
    }
}
