//! Following a turn: its stored events, and then each new event once it is stored.

use std::time::Duration;

use tandem_auth::Owner;
use tandem_database::Subscription;
use tandem_error::Error;
use tokio::select;
use tokio::sync::watch;
use tokio::time::sleep;
use uuid::Uuid;

use super::Agent;
use crate::store::{self, StoredEvent};

/// How often the events are read while another process works on the turn, in case that its notification is
/// lost or not sent.
const POLL_INTERVAL: Duration = Duration::from_secs(5);

/// How much a caller reads at once that waits for the end.
const READ_BYTES: usize = 64 * 1024;

/// Reads the events of a turn, one batch at a time. It holds nothing between two batches.
pub struct Follower {
    agent: Agent,
    owner: Owner,
    turn_id: Uuid,
    /// The last event that was read.
    after: i64,
    ended: bool,
}

/// What notifies a follower of new events.
enum Wakeups {
    /// The worker in this process, with the newest event.
    Worker(watch::Receiver<i64>),
    /// A worker in another process, or one that starts in this process.
    Replicas(Subscription),
}

impl Agent {
    /// Follows the owner's turn after the sequence number `after`, to its end. Check first that the owner
    /// has the turn: then a stranger gets an error and no stream.
    #[must_use]
    pub fn follow_turn(&self, owner: &Owner, turn_id: Uuid, after: i64) -> Follower {
        Follower { agent: self.clone(), owner: owner.clone(), turn_id, after, ended: false }
    }

    /// Waits for the end of the owner's turn and returns its terminal event.
    ///
    /// # Errors
    /// [`Error::Denied`] if the owner has no such turn, [`Error::DatabaseUnavailable`].
    pub async fn wait_for_end(&self, owner: &Owner, turn_id: Uuid) -> Result<StoredEvent, Error> {
        let last_sequence = self.find_turn(owner, turn_id).await?.last_sequence;
        let mut follower = self.follow_turn(owner, turn_id, last_sequence - 1);
        while let Some(events) = follower.next_events(READ_BYTES).await? {
            if let Some(last) = events.into_iter().find(|it| it.event.is_terminal()) {
                return Ok(last);
            }
        }
        Err(Error::internal("the events of a turn stop before its end"))
    }
}

impl Follower {
    /// Waits for the next events: until they have `max_bytes` together, but at least one. `None` after the
    /// terminal event.
    ///
    /// # Errors
    /// [`Error::Denied`], [`Error::DatabaseUnavailable`]; [`Error::ShuttingDown`] if the process stops while
    /// another one works on the turn: the caller can follow it there.
    pub async fn next_events(
        &mut self,
        max_bytes: usize,
    ) -> Result<Option<Vec<StoredEvent>>, Error> {
        while !self.ended {
            // Subscribed before the read: an event stored in between is not missed.
            let wakeups = self.subscribe();
            let events = self.read_events(max_bytes).await?;
            if let Some(last) = events.last() {
                self.after = last.sequence;
                self.ended = last.event.is_terminal();
                return Ok(Some(events));
            }
            self.wait(wakeups).await?;
        }
        Ok(None)
    }

    fn subscribe(&self) -> Wakeups {
        let agent = &self.agent.0;
        // In this order: a worker that starts in between notifies the subscription.
        let replicas = agent.running.subscribe_to_replicas(self.turn_id);
        let worker = agent.running.subscribe(self.turn_id);
        worker.map_or(Wakeups::Replicas(replicas), Wakeups::Worker)
    }

    async fn read_events(&self, max_bytes: usize) -> Result<Vec<StoredEvent>, Error> {
        let db = self.agent.0.db.reader();
        store::list_events(db, &self.owner, self.turn_id, self.after, max_bytes).await
    }

    /// Waits until there may be more events.
    async fn wait(&mut self, wakeups: Wakeups) -> Result<(), Error> {
        let after = self.after;
        match wakeups {
            Wakeups::Worker(mut stored) => {
                // Fails when the worker is gone: the events that it stored are read.
                let _ = stored.wait_for(|newest| *newest > after).await;
            }
            Wakeups::Replicas(_) if self.has_ended().await? => self.ended = true,
            Wakeups::Replicas(mut changes) => {
                let stopping = &self.agent.0.stopping;
                if stopping.is_cancelled() {
                    return Err(Error::ShuttingDown);
                }
                select! {
                    () = changes.changed() => {}
                    () = stopping.cancelled() => {}
                    () = sleep(POLL_INTERVAL) => {}
                }
            }
        }
        Ok(())
    }

    /// Whether the turn has ended and has no event after the last one that was read.
    async fn has_ended(&self) -> Result<bool, Error> {
        let turn = self.agent.find_turn(&self.owner, self.turn_id).await?;
        Ok(turn.ended.is_some() && turn.last_sequence <= self.after)
    }
}
