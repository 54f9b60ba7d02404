//! What the worker of a turn writes. Every write names the lease that the worker holds, so that one
//! whose lease was taken over writes nothing more.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, UpdateMany};
use tandem_auth::Owner;
use tandem_clock::Timestamp;
use tandem_database::Db as _;
use tandem_error::Error;
use uuid::Uuid;

use super::entity::turn::{Column, Entity, RUNNING, state_number};
use super::lease::{Lease, TakenOver};
use super::usage::Used;
use super::{conversations, events, messages, turns};
use crate::domain::{Answer, Event, Failure, Message, Role, State, Turn, Usage};

/// How a turn ends.
#[derive(Debug, Clone)]
pub enum Ending {
    /// With the answer.
    Completed,
    /// Without one.
    Failed(Failure),
    /// The user cancelled it.
    Cancelled,
}

/// The end of a turn.
#[derive(Debug, Clone)]
pub struct Finish {
    /// How it ends.
    pub ending: Ending,
    /// What was said and is not stored yet.
    pub unwritten: Vec<Event>,
    /// All that there is of an answer.
    pub answer: Answer,
    /// What the turn took.
    pub usage: Usage,
}

/// What a worker learns when it renews its lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renewed {
    /// It has the lease.
    Held,
    /// It has the lease, and the user wants the turn to end.
    CancelRequested,
    /// Somebody else has it, or the turn has ended.
    Lost,
}

/// Renews the lease until `until`.
pub(super) async fn renew(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    lease: Lease,
    until: Timestamp,
) -> Result<Renewed, Error> {
    let update = held(owner, lease).col_expr(Column::LeaseExpireTime, Expr::value(until));
    let rows = update.exec_with_returning(tx).await.db()?;
    Ok(match rows.first() {
        None => Renewed::Lost,
        Some(turn) if turn.cancel_requested => Renewed::CancelRequested,
        Some(_) => Renewed::Held,
    })
}

/// Asks whoever works on the owner's turn to cancel it; does nothing where it has ended.
pub(super) async fn request_cancel(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    turn_id: Uuid,
) -> Result<(), Error> {
    Entity::update_many()
        .col_expr(Column::CancelRequested, Expr::value(true))
        .filter(Column::Id.eq(turn_id))
        .filter(Column::Owner.eq(owner.as_str()))
        .filter(Column::State.eq(RUNNING))
        .exec(tx)
        .await
        .db()?;
    Ok(())
}

/// Takes over a turn whose lease ran out before `now`, until `until`. `None` where it is back, ended,
/// or taken by somebody else.
pub(super) async fn take_over(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    expired: Lease,
    (now, until): (Timestamp, Timestamp),
) -> Result<Option<TakenOver>, Error> {
    let number = expired.number + 1;
    let update = held(owner, expired)
        .filter(Column::LeaseExpireTime.lt(now))
        .col_expr(Column::Lease, Expr::value(number))
        .col_expr(Column::LeaseExpireTime, Expr::value(until));
    let rows = update.exec_with_returning(tx).await.db()?;
    Ok(rows.first().map(|turn| TakenOver {
        lease: Lease { number, ..expired },
        created: turn.create_time,
        cancel_requested: turn.cancel_requested,
    }))
}

/// What became of events that were appended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Appended {
    /// They are written.
    Now,
    /// They had been written before: the answer to the first try was lost.
    Before,
    /// The lease is lost; nothing is written.
    Lost,
}

/// Appends events, the first with the sequence number `first`, and renews the lease until `until`.
pub(super) async fn append(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    lease: Lease,
    (first, new): (i64, &[Event]),
    (now, until): (Timestamp, Timestamp),
) -> Result<Appended, Error> {
    let last = first + i64::try_from(new.len()).unwrap_or(i64::MAX) - 1;
    let update = held(owner, lease)
        .filter(Column::LastSequence.eq(first - 1))
        .col_expr(Column::LastSequence, Expr::value(last))
        .col_expr(Column::LeaseExpireTime, Expr::value(until));
    if update.exec(tx).await.db()?.rows_affected == 0 {
        let written = held_at(tx, owner, lease, last).await?
            && events::are_stored(tx, owner, lease.turn_id, first, new).await?;
        return Ok(if written { Appended::Before } else { Appended::Lost });
    }
    events::insert(tx, owner, lease.turn_id, first, new, now).await?;
    Ok(Appended::Now)
}

/// Ends a turn: stores what there is of an answer, the last events, and the state. `false` where the
/// lease is lost, and then nothing is written.
pub(super) async fn finish(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    lease: Lease,
    finish: &Finish,
    now: Timestamp,
) -> Result<bool, Error> {
    let Finish { ending, unwritten, answer, usage } = finish;
    let turn = turns::find_turn(tx, owner, lease.turn_id).await?.ok_or(Error::Denied)?;
    let (state, failure) = match ending {
        Ending::Completed => (State::Completed, None),
        Ending::Failed(failure) => (State::Failed, Some(failure)),
        Ending::Cancelled => (State::Cancelled, None),
    };
    let message = answer_message(&turn, state, answer, now);
    let first = turn.last_sequence + 1;
    let last = first + i64::try_from(unwritten.len()).unwrap_or(i64::MAX);
    let update = held(owner, lease)
        .col_expr(Column::State, Expr::value(state_number(state)))
        .col_expr(Column::LastSequence, Expr::value(last))
        .col_expr(Column::EndTime, Expr::value(now))
        .col_expr(Column::AssistantMessageId, Expr::value(message.as_ref().map(|it| it.id)))
        .col_expr(Column::FailureReason, Expr::value(failure.map(|it| it.reason_name().to_owned())))
        .col_expr(Column::FailureMessage, Expr::value(failure.map(|it| it.message.clone())))
        .col_expr(Column::ModelCalls, Expr::value(usage.model_calls))
        .col_expr(Column::ToolCalls, Expr::value(usage.tool_calls))
        .col_expr(Column::InputTokens, Expr::value(usage.input_tokens))
        .col_expr(Column::OutputTokens, Expr::value(usage.output_tokens));
    if update.exec(tx).await.db()?.rows_affected == 0 {
        return Ok(false);
    }
    let message = match message {
        Some(message) => Some(insert_answer(tx, owner, message, now).await?),
        None => None,
    };
    let used = Used {
        messages: i64::from(message.is_some()),
        tool_calls: usage.tool_calls,
        input_tokens: usage.input_tokens,
        output_tokens: usage.output_tokens,
        turns: 0,
    };
    // On the day on which the turn began; after the conversation, as when a turn starts: locks are
    // taken in one order.
    super::usage::add(tx, owner, &turn.model, used, turn.created).await?;
    let mut events = unwritten.clone();
    events.push(end_event(ending, message)?);
    events::insert(tx, owner, turn.id, first, &events, now).await?;
    Ok(true)
}

/// Whether the lease is held and the newest event is `last`.
async fn held_at(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    lease: Lease,
    last: i64,
) -> Result<bool, Error> {
    let turn = Entity::find()
        .filter(Column::Id.eq(lease.turn_id))
        .filter(Column::Owner.eq(owner.as_str()))
        .filter(Column::Lease.eq(lease.number))
        .filter(Column::State.eq(RUNNING))
        .filter(Column::LastSequence.eq(last));
    Ok(turn.one(tx).await.db()?.is_some())
}

/// The rows that a worker may change: its own turn, while it runs and the lease is held.
fn held(owner: &Owner, lease: Lease) -> UpdateMany<Entity> {
    Entity::update_many()
        .filter(Column::Id.eq(lease.turn_id))
        .filter(Column::Owner.eq(owner.as_str()))
        .filter(Column::Lease.eq(lease.number))
        .filter(Column::State.eq(RUNNING))
}

/// What is stored of an answer; nothing where nothing was written and the turn has none.
fn answer_message(turn: &Turn, state: State, answer: &Answer, now: Timestamp) -> Option<Message> {
    let completed = state == State::Completed;
    (completed || !answer.is_empty()).then(|| Message {
        id: Uuid::now_v7(),
        conversation_id: turn.conversation_id,
        sequence: 0,
        turn_id: turn.id,
        role: Role::Assistant,
        content: answer.content.clone(),
        metadata: std::collections::BTreeMap::new(),
        tool_calls: answer.tool_calls.clone(),
        incomplete: !completed,
        created: now,
    })
}

/// Stores an answer as its conversation's next message.
async fn insert_answer(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    mut message: Message,
    now: Timestamp,
) -> Result<Message, Error> {
    let mut conversation = conversations::lock(tx, owner, message.conversation_id).await?;
    message.sequence = conversation.next_sequence(now)?;
    if conversation.title.is_empty()
        && !message.incomplete
        && let Some(first) = messages::unanswered_beginning(tx, owner, conversation.id).await?
    {
        conversation.entitle(&first, now);
    }
    conversations::update(tx, owner, &conversation).await?;
    messages::insert(tx, owner, &message).await?;
    Ok(message)
}

fn end_event(ending: &Ending, message: Option<Message>) -> Result<Event, Error> {
    Ok(match ending {
        Ending::Completed => {
            let message = message.ok_or_else(|| Error::internal("an answer was not stored"))?;
            Event::Completed { message }
        }
        Ending::Failed(failure) => Event::Failed { failure: failure.clone(), message },
        Ending::Cancelled => Event::Cancelled { message },
    })
}
