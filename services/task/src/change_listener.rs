//! Notifies watchers of writes by other replicas (PostgreSQL LISTEN). On SQLite there is one process.

use std::time::Duration;

use futures::StreamExt as _;
use tandem_auth::Owner;
use tandem_database::Database;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::store::{CHANGES_CHANNEL, ChangeNotifier};

/// Pause before reconnecting.
const RECONNECT_DELAY: Duration = Duration::from_secs(1);

/// Forwards the notifications of other replicas until `stop` is cancelled.
pub(crate) async fn listen_to_replicas(
    db: Database,
    notifier: ChangeNotifier,
    stop: CancellationToken,
) {
    stop.run_until_cancelled(reconnect_and_listen(&db, &notifier)).await;
}

async fn reconnect_and_listen(db: &Database, notifier: &ChangeNotifier) {
    loop {
        match db.listen(CHANGES_CHANNEL).await {
            Ok(None) => return std::future::pending().await,
            Ok(Some(mut notifications)) => {
                // Notifications may have been missed; the changes are in the log.
                notifier.notify_all();
                while let Some(owner) = notifications.next().await {
                    notifier.notify(&Owner::from_row(owner));
                }
                tracing::warn!("LISTEN connection lost; reconnecting");
            }
            Err(error) => tracing::warn!(%error, "LISTEN connection failed; retrying"),
        }
        sleep(RECONNECT_DELAY).await;
    }
}
