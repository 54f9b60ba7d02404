//! The background job that removes deleted conversations after their retention.

use tandem_clock::Timestamp;
use tandem_error::Error;
use tandem_service::Context;

use crate::store::Door;

/// The job that purges in each interval of the settings.
pub(crate) fn job(context: &Context) -> impl Future<Output = ()> + Send + use<> {
    let writer = Door::new(context.db.clone(), context.clock.clone());
    let retention = context.settings.purge.deleted_retention.get();
    context.purge_job(move |now| run_purge(writer.clone(), now - retention))
}

async fn run_purge(writer: Door, deleted_since: Timestamp) -> Result<(), Error> {
    let conversations = writer.purge(deleted_since).await?;
    if conversations > 0 {
        tracing::info!(conversations, "purged");
    }
    Ok(())
}
