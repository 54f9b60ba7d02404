//! Following a turn: its stored events, and then each new event once it is stored.

use std::time::Duration;

use async_stream::try_stream;
use futures::{Stream, StreamExt as _, pin_mut};
use tandem_auth::Owner;
use tandem_error::Error;
use tokio::time::sleep;
use uuid::Uuid;

use super::{Agent, AgentInner};
use crate::store::{self, StoredEvent};

/// How often the events of a turn are polled while another process works on it.
const POLL_INTERVAL: Duration = Duration::from_millis(250);

impl Agent {
    /// The events of the owner's turn after the sequence number `after`, to its end. Check first that the
    /// owner has the turn: then a stranger gets an error and no stream.
    pub fn follow_turn(
        &self,
        owner: &Owner,
        turn_id: Uuid,
        after: i64,
    ) -> impl Stream<Item = Result<StoredEvent, Error>> + Send + use<> {
        let (agent, owner) = (self.0.clone(), owner.clone());
        try_stream! {
            let mut after = after;
            loop {
                // Subscribed before the read: an event stored in between is not missed.
                let stored = agent.running.subscribe(turn_id);
                for event in store::list_events(agent.db.reader(), &owner, turn_id, after).await? {
                    after = event.sequence;
                    let is_terminal = event.event.is_terminal();
                    yield event;
                    if is_terminal {
                        return;
                    }
                }
                match stored {
                    // Fails when the worker is gone: the next iteration reads the events it stored.
                    Some(mut stored) => drop(stored.wait_for(|newest| *newest > after).await),
                    None if has_ended_at(&agent, &owner, turn_id, after).await? => return,
                    // Another process works on the turn, or will: the caller can follow it there.
                    None if agent.tasks.is_closed() => Err(Error::ShuttingDown)?,
                    None => sleep(POLL_INTERVAL).await,
                }
            }
        }
    }

    /// Waits for the end of the owner's turn and returns its terminal event.
    ///
    /// # Errors
    /// [`Error::Denied`] if the owner has no such turn, [`Error::DatabaseUnavailable`].
    pub async fn wait_for_end(&self, owner: &Owner, turn_id: Uuid) -> Result<StoredEvent, Error> {
        let last_sequence = self.find_turn(owner, turn_id).await?.last_sequence;
        let events = self.follow_turn(owner, turn_id, last_sequence - 1);
        pin_mut!(events);
        while let Some(event) = events.next().await.transpose()? {
            if event.event.is_terminal() {
                return Ok(event);
            }
        }
        Err(Error::internal("the events of a turn stop before its end"))
    }
}

/// Whether the turn has ended and has no event after `after`.
async fn has_ended_at(
    agent: &AgentInner,
    owner: &Owner,
    turn_id: Uuid,
    after: i64,
) -> Result<bool, Error> {
    let turn = store::find_turn(agent.db.reader(), owner, turn_id).await?.ok_or(Error::Denied)?;
    Ok(turn.ended.is_some() && turn.last_sequence <= after)
}
