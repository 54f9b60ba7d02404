//! The turns that this process works on, for those who follow, cancel or interrupt them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tandem_clock::Timestamp;
use tandem_database::{Announcer, Database, Notifier, Subscription, forward_notifications};
use tokio::join;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// The channel on which processes tell each other that a turn has new events; the payload is its id.
const EVENTS_CHANNEL: &str = "turn_events";

/// The turns that this process works on.
#[derive(Clone)]
pub(super) struct RunningTurns {
    turns: Arc<Mutex<HashMap<Uuid, Arc<TurnHandle>>>>,
    /// Parent of each handle's token, so that turns registered after the interruption are interrupted.
    interrupted: CancellationToken,
    /// Notified of turns that other processes work on, and of workers that start in this one.
    replicas: Notifier<Uuid>,
    /// Notifies the other processes.
    announcer: Announcer,
}

/// Connects the worker of a turn with its followers.
pub(super) struct TurnHandle {
    /// The user has cancelled the turn.
    pub(super) cancelled: CancellationToken,
    /// The process shuts down.
    pub(super) interrupted: CancellationToken,
    turn_id: Uuid,
    /// The sequence number of the newest stored event.
    stored: watch::Sender<i64>,
    /// Microseconds since 1970.
    lease_expiry: AtomicI64,
    announcer: Announcer,
}

/// Unregisters its turn when dropped.
pub(super) struct Registration {
    running: RunningTurns,
    turn_id: Uuid,
    pub(super) handle: Arc<TurnHandle>,
}

impl RunningTurns {
    /// No turns yet. The processes that share `db` are notified of new events.
    pub(super) fn new(db: Database) -> Self {
        Self {
            turns: Arc::default(),
            interrupted: CancellationToken::new(),
            replicas: Notifier::default(),
            announcer: Announcer::new(db, EVENTS_CHANNEL),
        }
    }

    /// Adds a turn whose events are stored up to `last_sequence`, and whose lease expires at `lease_expiry`.
    pub(super) fn register_turn(
        &self,
        turn_id: Uuid,
        last_sequence: i64,
        lease_expiry: Timestamp,
    ) -> Registration {
        let handle = Arc::new(TurnHandle {
            cancelled: CancellationToken::new(),
            interrupted: self.interrupted.child_token(),
            turn_id,
            stored: watch::Sender::new(last_sequence),
            lease_expiry: AtomicI64::new(lease_expiry.as_micros()),
            announcer: self.announcer.clone(),
        });
        self.with_turns(|turns| turns.insert(turn_id, Arc::clone(&handle)));
        self.replicas.notify(&turn_id);
        Registration { running: self.clone(), turn_id, handle }
    }

    /// The sequence number of the turn's newest stored event; `None` if another process works on it.
    pub(super) fn subscribe(&self, turn_id: Uuid) -> Option<watch::Receiver<i64>> {
        self.with_turns(|turns| turns.get(&turn_id).map(|handle| handle.stored.subscribe()))
    }

    /// Notified of a turn that another process works on, and of a worker that starts in this one.
    pub(super) fn subscribe_to_replicas(&self, turn_id: Uuid) -> Subscription {
        self.replicas.subscribe(&turn_id)
    }

    /// Notifies the followers in all processes of a turn that ended without a worker.
    pub(super) fn notify_all_of(&self, turn_id: Uuid) {
        self.replicas.notify(&turn_id);
        self.announcer.announce(&turn_id);
    }

    /// Passes notifications between the followers of this process and those of others. Never returns.
    pub(super) async fn connect_replicas(&self, db: &Database) {
        let parse = |payload: String| payload.parse().ok();
        join!(
            self.announcer.run(),
            forward_notifications(db, EVENTS_CHANNEL, &self.replicas, parse),
        );
    }

    /// Sends the notifications of other processes that have not been sent yet.
    pub(super) async fn flush_announcements(&self) {
        self.announcer.flush().await;
    }

    /// Notifies the worker of a turn that the user has cancelled it.
    pub(super) fn cancel_turn(&self, turn_id: Uuid) {
        if let Some(handle) = self.with_turns(|turns| turns.get(&turn_id).map(Arc::clone)) {
            handle.cancelled.cancel();
        }
    }

    /// Notifies every worker that the process shuts down.
    pub(super) fn interrupt_all(&self) {
        self.interrupted.cancel();
    }

    /// Whether this process works on a turn.
    pub(super) fn contains(&self, turn_id: Uuid) -> bool {
        self.with_turns(|turns| turns.contains_key(&turn_id))
    }

    fn with_turns<T>(&self, access: impl FnOnce(&mut HashMap<Uuid, Arc<TurnHandle>>) -> T) -> T {
        // std mutex: nothing awaits while it is held.
        access(&mut self.turns.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl TurnHandle {
    /// When the lease expires, unless it was extended since the last renewal began.
    pub(super) fn lease_expiry(&self) -> Timestamp {
        Timestamp::from_micros(self.lease_expiry.load(Ordering::Relaxed))
    }

    pub(super) fn extend_lease(&self, expiry: Timestamp) {
        self.lease_expiry.store(expiry.as_micros(), Ordering::Relaxed);
    }

    /// Wakes the followers: events up to `sequence` are stored.
    pub(super) fn notify_followers(&self, sequence: i64) {
        self.stored.send_replace(sequence);
        self.announcer.announce(&self.turn_id);
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.running.with_turns(|turns| {
            // Another worker of this process may have taken the turn over in the meantime.
            if turns.get(&self.turn_id).is_some_and(|it| Arc::ptr_eq(it, &self.handle)) {
                turns.remove(&self.turn_id);
            }
        });
    }
}
