//! The background job that removes deleted conversations after their retention.

use tandem_clock::Timestamp;
use tandem_error::Error;
use tandem_service::Context;
use tokio_util::sync::CancellationToken;

use crate::store::ConversationWriter;

/// The job that purges in each interval of the settings.
pub(crate) fn job(context: &Context) -> impl Future<Output = ()> + Send + use<> {
    let writer = ConversationWriter::new(context.db.clone(), context.clock.clone());
    let retention = context.settings.purge.deleted_retention.get();
    context.purge_job(move |now, stop| run_purge(writer.clone(), now - retention, stop))
}

async fn run_purge(
    writer: ConversationWriter,
    cutoff: Timestamp,
    stop: CancellationToken,
) -> Result<(), Error> {
    let conversations = writer.purge_deleted(cutoff, &stop).await?;
    if conversations > 0 {
        tracing::info!(conversations, "purged");
    }
    Ok(())
}
