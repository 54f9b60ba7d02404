//! Notifications of watchers that an owner's change log has grown.

use tandem_auth::Owner;
use tandem_database::{Database, Notifier, forward_notifications};
use tandem_error::Error;
use tokio_util::sync::CancellationToken;

use super::changes::CHANGES_CHANNEL;

/// Notifies the watchers in this process.
pub type ChangeNotifier = Notifier<Owner>;

/// Notifies the subscriptions of an owner after a successful write.
pub(super) fn notify_if_ok<T>(
    notifier: &ChangeNotifier,
    owner: &Owner,
    outcome: Result<T, Error>,
) -> Result<T, Error> {
    if outcome.is_ok() {
        notifier.notify(owner);
    }
    outcome
}

/// Notifies watchers of writes by other replicas until `stop` is cancelled.
pub async fn listen_to_replicas(db: Database, notifier: ChangeNotifier, stop: CancellationToken) {
    let owner = |payload| Some(Owner::from_row(payload));
    let forward = forward_notifications(&db, CHANGES_CHANNEL, &notifier, owner);
    stop.run_until_cancelled(forward).await;
}
