//! Starting a turn.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use sea_orm::{ConnectionTrait, EntityTrait as _};
use serde::{Deserialize, Serialize};
use tandem_auth::Owner;
use tandem_clock::Timestamp;
use tandem_database::Db as _;
use tandem_database::requests::{Key, once};
use tandem_error::Error;
use uuid::Uuid;

use super::TurnJournal;
use crate::domain::{Conversation, Message, Role, TurnEvent};
use crate::store::conversation_writer::expect_no_running_turn;
use crate::store::conversations::{insert_conversation, lock_conversation, update_conversation};
use crate::store::entity::turn::{Entity, new_row};
use crate::store::events::insert_events;
use crate::store::messages::insert_message;
use crate::store::usage::{UsageDelta, add_usage};

/// A user message that starts a turn.
#[derive(Debug, Clone)]
pub struct NewTurn {
    /// `None` creates a conversation.
    pub conversation_id: Option<Uuid>,
    pub content: String,
    pub metadata: BTreeMap<String, String>,
    /// The name of the model.
    pub model: String,
}

/// The ids of a started turn. Stored as JSON under the request id; see [`entity`](crate::store::entity).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartedTurn {
    pub turn_id: Uuid,
    pub conversation_id: Uuid,
}

impl TurnJournal {
    /// Stores a user message and starts its turn, or returns the turn that the same request started
    /// before. The flag is `true` if the turn is new and needs a worker.
    ///
    /// # Errors
    /// [`Error::Denied`], [`turn_in_progress`](crate::domain::errors::turn_in_progress), [`Error::StateConflict`] if the conversation is
    /// deleted, [`Error::RequestIdReused`], [`Error::DatabaseUnavailable`].
    pub async fn start_turn(
        &self,
        owner: &Owner,
        key: Key,
        new: NewTurn,
    ) -> Result<(StartedTurn, bool), Error> {
        self.start_turn_with(owner, key, new, || {}).await
    }

    /// Like [`start_turn`](Self::start_turn); `before_commit` runs when the turn is written and not yet
    /// committed, possibly more than once.
    ///
    /// # Errors
    /// Those of [`start_turn`](Self::start_turn).
    pub async fn start_turn_with(
        &self,
        owner: &Owner,
        key: Key,
        new: NewTurn,
        before_commit: impl Fn() + Send + Sync + 'static,
    ) -> Result<(StartedTurn, bool), Error> {
        let (owner, now, expiry) = (owner.clone(), self.clock.now(), self.lease_expiry());
        self.db
            .write(async move |tx| {
                let is_new = AtomicBool::new(false);
                let effect = async {
                    is_new.store(true, Ordering::Relaxed);
                    insert_turn(tx, &owner, &new, (now, expiry)).await
                };
                let started = once(tx, owner.as_str(), &key, now, effect).await?;
                before_commit();
                Ok((started, is_new.into_inner()))
            })
            .await
    }
}

/// Inserts the message, the turn with its lease, and its first event; and the conversation if it is new.
pub(in crate::store) async fn insert_turn(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    new: &NewTurn,
    (now, lease_expiry): (Timestamp, Timestamp),
) -> Result<StartedTurn, Error> {
    let message = insert_user_message(tx, owner, new, now).await?;
    let row = new_row(owner, &message, &new.model, lease_expiry);
    Entity::insert(row).exec_without_returning(tx).await.db()?;
    let Message { turn_id, conversation_id, .. } = message;
    let event = TurnEvent::Started { message, model: new.model.clone() };
    insert_events(tx, owner, turn_id, 1, &[event], now).await?;
    let usage = UsageDelta { turns: 1, messages: 1, ..UsageDelta::default() };
    add_usage(tx, owner, &new.model, usage, now).await?;
    Ok(StartedTurn { turn_id, conversation_id })
}

async fn insert_user_message(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    new: &NewTurn,
    now: Timestamp,
) -> Result<Message, Error> {
    let before = match new.conversation_id {
        Some(id) => lock_conversation(tx, owner, id).await?,
        None => Conversation::new(Uuid::now_v7(), String::new(), now),
    };
    let mut conversation = before.clone();
    let sequence = conversation.next_sequence(now)?;
    if new.conversation_id.is_some() {
        expect_no_running_turn(tx, owner, conversation.id).await?;
        update_conversation(tx, owner, &before, &conversation).await?;
    } else {
        insert_conversation(tx, owner, &conversation).await?;
    }
    let message = user_message(new, conversation.id, sequence, now);
    insert_message(tx, owner, &message).await?;
    Ok(message)
}

fn user_message(new: &NewTurn, conversation_id: Uuid, sequence: i64, now: Timestamp) -> Message {
    Message {
        id: Uuid::now_v7(),
        conversation_id,
        sequence,
        turn_id: Uuid::now_v7(),
        role: Role::User,
        content: new.content.clone(),
        metadata: new.metadata.clone(),
        tool_calls: Vec::new(),
        incomplete: false,
        created: now,
    }
}
