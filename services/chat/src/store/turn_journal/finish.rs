//! Ending a turn.

use std::collections::BTreeMap;

use sea_orm::sea_query::Expr;
use sea_orm::{ConnectionTrait, UpdateMany};
use tandem_auth::Owner;
use tandem_clock::Timestamp;
use tandem_database::Db as _;
use tandem_error::Error;
use uuid::Uuid;

use super::TurnJournal;
use super::lease::{Lease, update_leased_turn};
use crate::domain::{
    Message, ModelShares, Role, Turn, TurnEvent, TurnFailure, TurnOutput, TurnState, TurnUsage,
};
use crate::store::conversations::{lock_conversation, update_conversation};
use crate::store::entity::turn::{Column, Entity, encode_state};
use crate::store::events::insert_events;
use crate::store::messages::{find_unanswered_beginning, insert_message};
use crate::store::turns::find_turn;
use crate::store::usage::{UsageDelta, add_usage};

#[derive(Debug, Clone)]
pub enum TurnOutcome {
    Completed,
    Failed(TurnFailure),
    Cancelled,
}

/// The last entry of a turn.
#[derive(Debug, Clone)]
pub struct TurnEnd {
    pub outcome: TurnOutcome,
    /// Events that are not stored yet; they precede the terminal event.
    pub unwritten: Vec<TurnEvent>,
    /// The whole output, including that of the unwritten events.
    pub output: TurnOutput,
    pub usage: TurnUsage,
    /// The models that worked on the turn.
    pub shares: ModelShares,
    /// The model stopped before its answer was complete.
    pub is_cut: bool,
}

impl TurnEnd {
    /// The name of the model that answered; that of the turn if none did.
    fn model<'a>(&'a self, turn: &'a Turn) -> &'a str {
        self.shares.latest.as_deref().unwrap_or(&turn.model)
    }
}

impl TurnJournal {
    /// Ends a turn. Returns `false`, and writes nothing, if the lease is lost.
    ///
    /// # Errors
    /// [`Error::DatabaseUnavailable`].
    pub async fn finish_turn(
        &self,
        owner: &Owner,
        lease: Lease,
        end: TurnEnd,
    ) -> Result<bool, Error> {
        let (owner, now) = (owner.clone(), self.clock.now());
        self.db.write(async move |tx| write_end(tx, &owner, lease, &end, now).await).await
    }
}

pub(in crate::store) async fn write_end(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    lease: Lease,
    end: &TurnEnd,
    now: Timestamp,
) -> Result<bool, Error> {
    let turn = find_turn(tx, owner, lease.turn_id).await?.ok_or(Error::Denied)?;
    let mut message = assistant_message(&turn, end, now);
    let message_id = message.as_ref().map(|it| it.id);
    let update = update_ended_turn(owner, lease, &turn, end, message_id, now);
    if update.exec(tx).await.db()?.rows_affected == 0 {
        return Ok(false);
    }
    if let Some(message) = &mut message {
        insert_assistant_message(tx, owner, message, now).await?;
    }
    // Counted on the day on which the turn started. After the conversation, as at the start of a turn:
    // locks are always taken in this order.
    for (model, delta) in usage_deltas(&turn, end, message.is_some()) {
        add_usage(tx, owner, &model, delta, turn.created).await?;
    }
    let mut events = end.unwritten.clone();
    events.push(terminal_event(&end.outcome, message)?);
    insert_events(tx, owner, turn.id, turn.last_sequence + 1, &events, now).await?;
    Ok(true)
}

fn update_ended_turn(
    owner: &Owner,
    lease: Lease,
    turn: &Turn,
    end: &TurnEnd,
    message_id: Option<Uuid>,
    now: Timestamp,
) -> UpdateMany<Entity> {
    let (state, failure) = match &end.outcome {
        TurnOutcome::Completed => (TurnState::Completed, None),
        TurnOutcome::Failed(failure) => (TurnState::Failed, Some(failure)),
        TurnOutcome::Cancelled => (TurnState::Cancelled, None),
    };
    let new_events = i64::try_from(end.unwritten.len()).unwrap_or(i64::MAX).saturating_add(1);
    update_leased_turn(owner, lease)
        .col_expr(Column::State, Expr::value(encode_state(state)))
        .col_expr(Column::LastSequence, Expr::value(turn.last_sequence + new_events))
        .col_expr(Column::EndTime, Expr::value(now))
        .col_expr(Column::Model, Expr::value(end.model(turn)))
        .col_expr(Column::AssistantMessageId, Expr::value(message_id))
        .col_expr(Column::FailureReason, Expr::value(failure.map(|it| it.reason_name().to_owned())))
        .col_expr(Column::FailureMessage, Expr::value(failure.map(|it| it.message.clone())))
        .col_expr(Column::ModelCalls, Expr::value(end.usage.model_calls))
        .col_expr(Column::ToolCalls, Expr::value(end.usage.tool_calls))
        .col_expr(Column::InputTokens, Expr::value(end.usage.input_tokens))
        .col_expr(Column::OutputTokens, Expr::value(end.usage.output_tokens))
}

/// The usage by model, in the order of their names: rows are always locked in this order.
fn usage_deltas(turn: &Turn, end: &TurnEnd, has_message: bool) -> BTreeMap<String, UsageDelta> {
    let mut deltas = BTreeMap::<String, UsageDelta>::new();
    for (model, tokens) in &end.shares.tokens {
        // Responses that an earlier version stored have no name.
        let model = if model.is_empty() { &turn.model } else { model };
        let delta = deltas.entry(model.clone()).or_default();
        delta.input_tokens += tokens.input;
        delta.output_tokens += tokens.output;
    }
    let answer = deltas.entry(end.model(turn).to_owned()).or_default();
    answer.messages = i64::from(has_message);
    answer.tool_calls = end.usage.tool_calls;
    deltas
}

/// The message to store; `None` if the turn did not complete and has no output. Its sequence number is
/// assigned when it is inserted.
fn assistant_message(turn: &Turn, end: &TurnEnd, now: Timestamp) -> Option<Message> {
    let is_complete = matches!(end.outcome, TurnOutcome::Completed);
    (is_complete || !end.output.is_empty()).then(|| Message {
        id: Uuid::now_v7(),
        conversation_id: turn.conversation_id,
        sequence: 0,
        turn_id: turn.id,
        role: Role::Assistant,
        content: end.output.content.clone(),
        metadata: BTreeMap::new(),
        tool_calls: end.output.tool_calls.clone(),
        incomplete: !is_complete || end.is_cut,
        created: now,
    })
}

/// Stores the message as the next one of its conversation.
async fn insert_assistant_message(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    message: &mut Message,
    now: Timestamp,
) -> Result<(), Error> {
    let before = lock_conversation(tx, owner, message.conversation_id).await?;
    let mut conversation = before.clone();
    message.sequence = conversation.next_sequence(now)?;
    if conversation.title.is_empty()
        && !message.incomplete
        && let Some(first) = find_unanswered_beginning(tx, owner, conversation.id).await?
    {
        conversation.set_default_title(&first, now);
    }
    update_conversation(tx, owner, &before, &conversation).await?;
    insert_message(tx, owner, message).await
}

fn terminal_event(outcome: &TurnOutcome, message: Option<Message>) -> Result<TurnEvent, Error> {
    Ok(match outcome {
        TurnOutcome::Completed => {
            let message = message.ok_or_else(|| Error::internal("the answer was not stored"))?;
            TurnEvent::Completed { message }
        }
        TurnOutcome::Failed(failure) => TurnEvent::Failed { failure: failure.clone(), message },
        TurnOutcome::Cancelled => TurnEvent::Cancelled { message },
    })
}
