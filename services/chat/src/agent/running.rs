//! The turns that this process works on, for those who follow or stop them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// The turns that this process works on.
#[derive(Clone, Default)]
pub(super) struct Running {
    turns: Arc<Mutex<HashMap<Uuid, Arc<Handle>>>>,
    /// The process has to stop, for turns that begin later, too.
    interrupted: CancellationToken,
}

/// A turn at work.
pub(super) struct Handle {
    /// Cancelled by the user.
    pub(super) cancelled: CancellationToken,
    /// The process has to stop.
    pub(super) interrupted: CancellationToken,
    /// The sequence number of the newest stored event.
    stored: watch::Sender<i64>,
}

/// Keeps a turn among the running ones until it is dropped.
pub(super) struct Registration {
    running: Running,
    turn_id: Uuid,
    pub(super) handle: Arc<Handle>,
}

impl Running {
    /// Adds a turn whose events are stored up to `last_sequence`.
    pub(super) fn register(&self, turn_id: Uuid, last_sequence: i64) -> Registration {
        let handle = Arc::new(Handle {
            cancelled: CancellationToken::new(),
            interrupted: self.interrupted.child_token(),
            stored: watch::Sender::new(last_sequence),
        });
        self.with(|turns| turns.insert(turn_id, Arc::clone(&handle)));
        Registration { running: self.clone(), turn_id, handle }
    }

    /// Tells when events of a turn are stored; `None` where this process does not work on it.
    pub(super) fn subscribe(&self, turn_id: Uuid) -> Option<watch::Receiver<i64>> {
        self.with(|turns| turns.get(&turn_id).map(|handle| handle.stored.subscribe()))
    }

    /// Asks the worker of a turn to cancel it.
    pub(super) fn cancel(&self, turn_id: Uuid) {
        if let Some(handle) = self.with(|turns| turns.get(&turn_id).map(Arc::clone)) {
            handle.cancelled.cancel();
        }
    }

    /// Asks every worker to stop.
    pub(super) fn interrupt(&self) {
        self.interrupted.cancel();
    }

    /// Whether this process works on a turn.
    pub(super) fn has(&self, turn_id: Uuid) -> bool {
        self.with(|turns| turns.contains_key(&turn_id))
    }

    fn with<T>(&self, access: impl FnOnce(&mut HashMap<Uuid, Arc<Handle>>) -> T) -> T {
        // std mutex: nothing awaits while it is held.
        access(&mut self.turns.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Handle {
    /// Wakes the followers: events up to `sequence` are stored.
    pub(super) fn announce(&self, sequence: i64) {
        self.stored.send_replace(sequence);
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.running.with(|turns| {
            // Another worker may have taken the turn over in the meantime.
            if turns.get(&self.turn_id).is_some_and(|it| Arc::ptr_eq(it, &self.handle)) {
                turns.remove(&self.turn_id);
            }
        });
    }
}
