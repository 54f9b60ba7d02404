//! The table `turns`.

use sea_orm::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::ExprTrait as _;
use tandem_auth::Owner;
use tandem_clock::Timestamp;
use tandem_error::Error;

use crate::domain::{Message, Turn, TurnFailure, TurnState, TurnUsage};
use crate::store::turn_journal::Lease;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "turns")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub owner: String,
    pub conversation_id: Uuid,
    pub user_message_id: Uuid,
    pub assistant_message_id: Option<Uuid>,
    pub model: String,
    pub state: i16,
    pub failure_reason: Option<String>,
    pub failure_message: Option<String>,
    pub last_sequence: i64,
    pub lease: i64,
    pub lease_expire_time: Timestamp,
    pub cancel_requested: bool,
    pub model_calls: i64,
    pub tool_calls: i64,
    pub input_tokens: i64,
    pub output_tokens: i64,
    pub create_time: Timestamp,
    pub end_time: Option<Timestamp>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The number of [`TurnState::Running`], which the partial indexes name.
const RUNNING: i16 = 1;

/// The condition of the partial indexes. A literal: for a parameter, SQLite prepares the statement again at
/// each run, and PostgreSQL's generic plans do not use these indexes.
pub(in crate::store) fn is_running() -> Expr {
    Column::State.into_expr().eq(Expr::cust(RUNNING.to_string()))
}

tandem_database::column_numbers! {
    pub(in crate::store) fn encode_state, decode_state: TurnState, "turn state" {
        RUNNING = TurnState::Running,
        2 = TurnState::Completed,
        3 = TurnState::Failed,
        4 = TurnState::Cancelled,
    }
}

impl TryFrom<Model> for Turn {
    type Error = Error;

    fn try_from(row: Model) -> Result<Self, Error> {
        let failure = row.failure_reason.map(|reason| {
            TurnFailure::from_stored(reason, row.failure_message.unwrap_or_default())
        });
        Ok(Self {
            id: row.id,
            conversation_id: row.conversation_id,
            user_message_id: row.user_message_id,
            assistant_message_id: row.assistant_message_id,
            model: row.model,
            state: decode_state(row.state)?,
            failure,
            usage: TurnUsage {
                model_calls: row.model_calls,
                tool_calls: row.tool_calls,
                input_tokens: row.input_tokens,
                output_tokens: row.output_tokens,
            },
            last_sequence: row.last_sequence,
            created: row.create_time,
            ended: row.end_time,
        })
    }
}

/// The row of a turn that `message` starts, with its first event and its first lease.
pub(in crate::store) fn new_row(
    owner: &Owner,
    message: &Message,
    model: &str,
    lease_expiry: Timestamp,
) -> ActiveModel {
    ActiveModel {
        id: Set(message.turn_id),
        owner: Set(owner.as_str().to_owned()),
        conversation_id: Set(message.conversation_id),
        user_message_id: Set(message.id),
        assistant_message_id: Set(None),
        model: Set(model.to_owned()),
        state: Set(RUNNING),
        failure_reason: Set(None),
        failure_message: Set(None),
        last_sequence: Set(1),
        lease: Set(Lease::FIRST),
        lease_expire_time: Set(lease_expiry),
        cancel_requested: Set(false),
        model_calls: Set(0),
        tool_calls: Set(0),
        input_tokens: Set(0),
        output_tokens: Set(0),
        create_time: Set(message.created),
        end_time: Set(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_round_trip() {
        use TurnState::{Cancelled, Completed, Failed, Running};
        let stored = [(1, Running), (2, Completed), (3, Failed), (4, Cancelled)];
        let known = (i16::MIN..=i16::MAX).filter_map(|it| Some((it, decode_state(it).ok()?)));
        assert_eq!(known.collect::<Vec<_>>(), stored, "stored numbers never change");
        assert!(stored.iter().all(|(number, state)| encode_state(*state) == *number));
    }

    #[test]
    fn unknown_state_is_an_error() {
        for number in [-1, 0, 5] {
            assert!(matches!(decode_state(number), Err(Error::Internal(_))), "{number}");
        }
    }
}
