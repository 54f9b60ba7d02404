//! Who is told when an owner's log has grown.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tandem_auth::Owner;
use tandem_error::Error;
use tokio::sync::watch;

/// The watchers of this process, by owner. What they are told is only that there may be more: the log
/// in the database is the truth.
#[derive(Clone, Default)]
pub struct Watchers(Arc<Mutex<HashMap<Owner, Weak<watch::Sender<()>>>>>);

/// A watcher's ear: woken when its owner's log may have grown.
pub struct Ear {
    // Kept alive by its ears: with the last of them the entry goes.
    _sender: Arc<watch::Sender<()>>,
    receiver: watch::Receiver<()>,
}

impl Watchers {
    /// Listens for an owner's changes from now on.
    pub fn listen(&self, owner: &Owner) -> Ear {
        let mut watched = self.lock();
        let sender = watched.get(owner).and_then(Weak::upgrade).unwrap_or_else(|| {
            watched.retain(|_, sender| sender.strong_count() > 0);
            let sender = Arc::new(watch::Sender::new(()));
            watched.insert(owner.clone(), Arc::downgrade(&sender));
            sender
        });
        Ear { receiver: sender.subscribe(), _sender: sender }
    }

    /// Wakes those who watch an owner.
    pub fn wake(&self, owner: &Owner) {
        let sender = self.lock().get(owner).and_then(Weak::upgrade);
        if let Some(sender) = sender {
            sender.send_replace(());
        }
    }

    /// Wakes everybody: something may have been missed.
    pub fn wake_all(&self) {
        for sender in self.lock().values().filter_map(Weak::upgrade) {
            sender.send_replace(());
        }
    }

    /// Wakes those who watch an owner whose write has ended well.
    pub(super) fn told<T>(&self, owner: &Owner, outcome: Result<T, Error>) -> Result<T, Error> {
        if outcome.is_ok() {
            self.wake(owner);
        }
        outcome
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Owner, Weak<watch::Sender<()>>>> {
        // std mutex: nothing awaits while it is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ear {
    /// Waits until the log may have grown since the last time.
    pub async fn woken(&mut self) {
        // The sender lives as long as this does.
        let _ = self.receiver.changed().await;
    }
}
