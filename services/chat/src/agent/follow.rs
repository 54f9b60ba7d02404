//! Following a turn: its stored events, and then each new one when it is stored.

use std::time::Duration;

use async_stream::try_stream;
use futures::{Stream, StreamExt as _, pin_mut};
use tandem_auth::Owner;
use tandem_error::Error;
use tokio::time::sleep;
use uuid::Uuid;

use super::{Agent, Inner};
use crate::store::{self, StoredEvent};

/// How often a turn that another process works on is looked at.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

impl Agent {
    /// The events of the owner's turn behind the sequence number `after`, up to its end. The turn has
    /// to be the owner's: check that first, so that a stranger gets an error and no stream.
    pub fn follow(
        &self,
        owner: &Owner,
        turn_id: Uuid,
        after: i64,
    ) -> impl Stream<Item = Result<StoredEvent, Error>> + Send + use<> {
        let (agent, owner) = (self.0.clone(), owner.clone());
        try_stream! {
            let mut after = after;
            loop {
                // Subscribed before reading, so that nothing stored in between is missed.
                let stored = agent.running.subscribe(turn_id);
                for event in store::list_events(agent.db.reader(), &owner, turn_id, after).await? {
                    after = event.sequence;
                    let is_end = event.event.is_end();
                    yield event;
                    if is_end {
                        return;
                    }
                }
                match stored {
                    // Fails when the worker is gone: the next round reads what it left.
                    Some(mut stored) => drop(stored.wait_for(|newest| *newest > after).await),
                    None if has_ended(&agent, &owner, turn_id, after).await? => return,
                    // Somebody else works on it, or will: the caller goes on there.
                    None if agent.tasks.is_closed() => Err(Error::ShuttingDown)?,
                    None => sleep(LOOK_AGAIN).await,
                }
            }
        }
    }

    /// Waits for the end of the owner's turn, and answers its last event.
    ///
    /// # Errors
    /// [`Error::Denied`] where the owner has no such turn, [`Error::DatabaseUnavailable`].
    pub async fn end_of(&self, owner: &Owner, turn_id: Uuid) -> Result<StoredEvent, Error> {
        let turn = store::find_turn(self.0.db.reader(), owner, turn_id).await?;
        let last_sequence = turn.ok_or(Error::Denied)?.last_sequence;
        let events = self.follow(owner, turn_id, last_sequence - 1);
        pin_mut!(events);
        while let Some(event) = events.next().await.transpose()? {
            if event.event.is_end() {
                return Ok(event);
            }
        }
        Err(Error::internal("a turn's events stop before its end"))
    }
}

/// Whether nothing comes behind `after`: the follower has seen the end.
async fn has_ended(agent: &Inner, owner: &Owner, turn_id: Uuid, after: i64) -> Result<bool, Error> {
    let turn = store::find_turn(agent.db.reader(), owner, turn_id).await?.ok_or(Error::Denied)?;
    Ok(turn.ended.is_some() && turn.last_sequence <= after)
}
