//! Waking watchers when another replica has written (PostgreSQL). On SQLite there is one process.

use std::time::Duration;

use futures::StreamExt as _;
use tandem_auth::Owner;
use tandem_database::Database;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::store::{CHANNEL, Watchers};

/// How long to wait before a lost connection is made again.
const TRY_AGAIN: Duration = Duration::from_secs(1);

/// Listens to the other replicas until `stop`.
pub(crate) async fn by_other_replicas(
    db: &Database,
    watchers: &Watchers,
    stop: &CancellationToken,
) {
    stop.run_until_cancelled(listen(db, watchers)).await;
}

async fn listen(db: &Database, watchers: &Watchers) {
    loop {
        match db.listen(CHANNEL).await {
            Ok(None) => return std::future::pending().await,
            Ok(Some(mut heard)) => {
                // What was said while nobody listened is in the log.
                watchers.wake_all();
                while let Some(owner) = heard.next().await {
                    watchers.wake(&Owner::from_row(owner));
                }
                tracing::warn!("the connection that listens for changes is lost");
            }
            Err(error) => tracing::warn!(%error, "nobody listens for changes"),
        }
        sleep(TRY_AGAIN).await;
    }
}
