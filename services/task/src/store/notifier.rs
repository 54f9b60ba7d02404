//! In-process notification that an owner's change log has grown.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tandem_auth::Owner;
use tandem_error::Error;
use tokio::sync::watch;

/// The subscriptions of this process by owner. A notification carries no data: subscribers read the log
/// in the database.
#[derive(Clone, Default)]
pub struct ChangeNotifier(Arc<Mutex<HashMap<Owner, Weak<watch::Sender<()>>>>>);

/// Notified when the owner's log may have grown.
pub struct Subscription {
    // Owned by the subscriptions: the map entry expires with the last of them.
    _sender: Arc<watch::Sender<()>>,
    receiver: watch::Receiver<()>,
}

impl ChangeNotifier {
    /// Subscribes to the changes of an owner.
    pub fn subscribe(&self, owner: &Owner) -> Subscription {
        let mut watched = self.lock_senders();
        let sender = watched.get(owner).and_then(Weak::upgrade).unwrap_or_else(|| {
            watched.retain(|_, sender| sender.strong_count() > 0);
            let sender = Arc::new(watch::Sender::new(()));
            watched.insert(owner.clone(), Arc::downgrade(&sender));
            sender
        });
        Subscription { receiver: sender.subscribe(), _sender: sender }
    }

    /// Notifies the subscriptions of an owner.
    pub fn notify(&self, owner: &Owner) {
        let sender = self.lock_senders().get(owner).and_then(Weak::upgrade);
        if let Some(sender) = sender {
            sender.send_replace(());
        }
    }

    /// Notifies all subscriptions, after notifications may have been missed.
    pub fn notify_all(&self) {
        for sender in self.lock_senders().values().filter_map(Weak::upgrade) {
            sender.send_replace(());
        }
    }

    /// Notifies the subscriptions of an owner after a successful write.
    pub(super) fn notify_if_ok<T>(
        &self,
        owner: &Owner,
        outcome: Result<T, Error>,
    ) -> Result<T, Error> {
        if outcome.is_ok() {
            self.notify(owner);
        }
        outcome
    }

    fn lock_senders(&self) -> std::sync::MutexGuard<'_, HashMap<Owner, Weak<watch::Sender<()>>>> {
        // std mutex: nothing awaits while it is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Subscription {
    /// Waits for the next notification.
    pub async fn changed(&mut self) {
        // Never an error: `_sender` keeps the channel open.
        let _ = self.receiver.changed().await;
    }
}
