//! Turns: starting one, finding one, finding those whose process is gone.

use std::collections::BTreeMap;

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Set,
};
use serde::{Deserialize, Serialize};
use tandem_auth::Owner;
use tandem_clock::Timestamp;
use tandem_database::Db as _;
use tandem_error::Error;
use uuid::Uuid;

use super::entity::turn::{ActiveModel, Column, Entity, Model, RUNNING};
use super::lease::Lease;
use super::usage::{self, Used};
use super::{conversations, events, messages};
use crate::domain::{Conversation, Event, Message, Role, Turn, errors};

/// A message that starts a turn.
#[derive(Debug, Clone)]
pub struct NewTurn {
    /// The conversation; a new one where there is none.
    pub conversation_id: Option<Uuid>,
    /// What the user writes.
    pub content: String,
    /// What the caller attaches to it.
    pub metadata: BTreeMap<String, String>,
    /// The model that answers.
    pub model: String,
}

/// A turn that was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posted {
    /// The turn.
    pub turn_id: Uuid,
    /// The conversation.
    pub conversation_id: Uuid,
}

/// The owner's turn `id`.
pub async fn find_turn(
    db: &impl ConnectionTrait,
    owner: &Owner,
    id: Uuid,
) -> Result<Option<Turn>, Error> {
    let row = Entity::find()
        .filter(Column::Id.eq(id))
        .filter(Column::Owner.eq(owner.as_str()))
        .one(db)
        .await
        .db()?;
    Ok(row.map(Turn::from))
}

/// Running turns, of anybody, whose lease ran out before `now`: their process is gone. For the
/// recovery of turns only; no caller gets to see these rows.
pub async fn expired_turns(
    db: &impl ConnectionTrait,
    now: Timestamp,
) -> Result<Vec<(Owner, Lease)>, Error> {
    let rows = Entity::find()
        .filter(Column::State.eq(RUNNING))
        .filter(Column::LeaseExpireTime.lt(now))
        .order_by_asc(Column::LeaseExpireTime)
        .limit(100)
        .all(db)
        .await
        .db()?;
    let lease = |row: Model| {
        let owner = Owner::from_row(row.owner);
        (owner, Lease { turn_id: row.id, number: row.lease })
    };
    Ok(rows.into_iter().map(lease).collect())
}

/// The turn that runs in a conversation, if any does.
pub(super) async fn running(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    conversation_id: Uuid,
) -> Result<Option<Uuid>, Error> {
    let row = Entity::find()
        .filter(Column::Owner.eq(owner.as_str()))
        .filter(Column::ConversationId.eq(conversation_id))
        .filter(Column::State.eq(RUNNING))
        .one(tx)
        .await
        .db()?;
    Ok(row.map(|turn| turn.id))
}

/// Stores the message, the turn with its lease, and its first event. A new conversation exists only
/// with them.
pub(super) async fn start(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    new: &NewTurn,
    (now, lease_end): (Timestamp, Timestamp),
) -> Result<Posted, Error> {
    let mut conversation = match new.conversation_id {
        Some(id) => conversations::lock(tx, owner, id).await?,
        None => Conversation::new(Uuid::now_v7(), String::new(), now),
    };
    let sequence = conversation.next_sequence(now)?;
    let message = user_message(new, conversation.id, sequence, now);
    if new.conversation_id.is_some() {
        if let Some(turn_id) = running(tx, owner, conversation.id).await? {
            return Err(errors::turn_in_progress(turn_id));
        }
        conversations::update(tx, owner, &conversation).await?;
    } else {
        conversations::insert(tx, owner, &conversation).await?;
    }
    messages::insert(tx, owner, &message).await?;
    let turn = row(owner, new, &message, (now, lease_end));
    Entity::insert(turn).exec_without_returning(tx).await.db()?;
    let posted = Posted { turn_id: message.turn_id, conversation_id: conversation.id };
    let started = Event::Started { message, model: new.model.clone() };
    events::insert(tx, owner, posted.turn_id, 1, &[started], now).await?;
    let used = Used { turns: 1, messages: 1, ..Used::default() };
    usage::add(tx, owner, &new.model, used, now).await?;
    Ok(posted)
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

fn row(
    owner: &Owner,
    new: &NewTurn,
    message: &Message,
    (now, lease_end): (Timestamp, Timestamp),
) -> ActiveModel {
    ActiveModel {
        id: Set(message.turn_id),
        owner: Set(owner.as_str().to_owned()),
        conversation_id: Set(message.conversation_id),
        user_message_id: Set(message.id),
        assistant_message_id: Set(None),
        model: Set(new.model.clone()),
        state: Set(RUNNING),
        failure_reason: Set(None),
        failure_message: Set(None),
        last_sequence: Set(1),
        lease: Set(Lease::FIRST),
        lease_expire_time: Set(lease_end),
        cancel_requested: Set(false),
        model_calls: Set(0),
        tool_calls: Set(0),
        input_tokens: Set(0),
        output_tokens: Set(0),
        create_time: Set(now),
        end_time: Set(None),
    }
}
