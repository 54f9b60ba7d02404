//! Notifications within the process: something that is stored under a key has changed.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::sync::watch;

/// The subscriptions of this process by key. A notification carries no data: subscribers read the
/// database. Clones share the subscriptions.
#[derive(Debug)]
pub struct Notifier<K>(Arc<Mutex<Senders<K>>>);

#[derive(Debug)]
struct Senders<K> {
    by_key: HashMap<K, Weak<watch::Sender<()>>>,
    /// The number of keys at which those without subscriptions are removed.
    limit: usize,
}

/// Notified when what is stored under a key may have changed.
#[derive(Debug)]
pub struct Subscription {
    // Owned by the subscriptions: the entry of the key expires with the last of them.
    _sender: Arc<watch::Sender<()>>,
    receiver: watch::Receiver<()>,
}

/// The smallest number of keys at which unused ones are looked for.
const MIN_LIMIT: usize = 64;

impl<K: Eq + Hash + Clone> Notifier<K> {
    /// Subscribes to a key. Subscribe before reading, so that no change in between is missed.
    #[must_use]
    pub fn subscribe(&self, key: &K) -> Subscription {
        let mut senders = self.lock();
        let sender = senders.by_key.get(key).and_then(Weak::upgrade).unwrap_or_else(|| {
            senders.remove_unused();
            let sender = Arc::new(watch::Sender::new(()));
            senders.by_key.insert(key.clone(), Arc::downgrade(&sender));
            sender
        });
        Subscription { receiver: sender.subscribe(), _sender: sender }
    }

    /// Notifies the subscriptions of a key.
    pub fn notify(&self, key: &K) {
        let sender = self.lock().by_key.get(key).and_then(Weak::upgrade);
        if let Some(sender) = sender {
            sender.send_replace(());
        }
    }

    /// Notifies all subscriptions, after notifications may have been missed.
    pub fn notify_all(&self) {
        let senders: Vec<_> = self.lock().by_key.values().filter_map(Weak::upgrade).collect();
        for sender in senders {
            sender.send_replace(());
        }
    }

    fn lock(&self) -> MutexGuard<'_, Senders<K>> {
        // std mutex: nothing awaits while it is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash> Senders<K> {
    /// Removes keys without subscriptions, each time that the number of keys has doubled.
    fn remove_unused(&mut self) {
        if self.by_key.len() >= self.limit {
            self.by_key.retain(|_, sender| sender.strong_count() > 0);
            self.limit = (2 * self.by_key.len()).max(MIN_LIMIT);
        }
    }
}

impl<K> Default for Notifier<K> {
    fn default() -> Self {
        let senders = Senders { by_key: HashMap::new(), limit: MIN_LIMIT };
        Self(Arc::new(Mutex::new(senders)))
    }
}

impl<K> Clone for Notifier<K> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl Subscription {
    /// Waits for the next notification.
    pub async fn changed(&mut self) {
        // Never an error: `_sender` keeps the channel open.
        let _ = self.receiver.changed().await;
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[test]
    fn only_subscriptions_of_the_key_are_notified() {
        let notifier = Notifier::default();
        let (mut one, mut other) = (notifier.subscribe(&1), notifier.subscribe(&2));
        notifier.notify(&1);
        assert_eq!(
            (one.changed().now_or_never(), other.changed().now_or_never()),
            (Some(()), None)
        );
        notifier.notify_all();
        assert_eq!(
            (one.changed().now_or_never(), other.changed().now_or_never()),
            (Some(()), Some(()))
        );
    }

    #[test]
    fn unused_keys_are_removed() {
        let notifier = Notifier::default();
        let used = notifier.subscribe(&0);
        for key in 1..=10_000 {
            drop(notifier.subscribe(&key));
        }
        assert!(notifier.lock().by_key.len() <= MIN_LIMIT, "{}", notifier.lock().by_key.len());
        assert!(notifier.lock().by_key.contains_key(&0));
        drop(used);
    }
}
