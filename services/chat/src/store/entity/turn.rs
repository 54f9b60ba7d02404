//! The table `turns`.

use sea_orm::entity::prelude::*;

use tandem_clock::Timestamp;

use crate::domain::{Failure, State, Turn, Usage};

/// One row.
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

/// The indexes on running turns name this number.
pub(in crate::store) const RUNNING: i16 = 1;

pub(in crate::store) fn state_number(state: State) -> i16 {
    match state {
        State::Running => RUNNING,
        State::Completed => 2,
        State::Failed => 3,
        State::Cancelled => 4,
    }
}

fn state(number: i16) -> State {
    match number {
        RUNNING => State::Running,
        2 => State::Completed,
        3 => State::Failed,
        _ => State::Cancelled,
    }
}

impl From<Model> for Turn {
    fn from(row: Model) -> Self {
        let failure = row
            .failure_reason
            .map(|reason| Failure::stored(reason, row.failure_message.unwrap_or_default()));
        Self {
            id: row.id,
            conversation_id: row.conversation_id,
            user_message_id: row.user_message_id,
            assistant_message_id: row.assistant_message_id,
            model: row.model,
            state: state(row.state),
            failure,
            usage: Usage {
                model_calls: row.model_calls,
                tool_calls: row.tool_calls,
                input_tokens: row.input_tokens,
                output_tokens: row.output_tokens,
            },
            last_sequence: row.last_sequence,
            created: row.create_time,
            ended: row.end_time,
        }
    }
}
