//! The table `messages`.

use sea_orm::entity::prelude::*;
use sea_orm::{NotSet, Set};
use tandem_auth::Owner;
use tandem_clock::Timestamp;
use tandem_error::Error;

use super::{from_json, json};
use crate::domain::{Message, Role};

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "messages")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub row_id: i64,
    pub id: Uuid,
    pub owner: String,
    pub conversation_id: Uuid,
    pub sequence: i64,
    pub turn_id: Uuid,
    pub role: i16,
    pub content: String,
    pub metadata: Json,
    pub tool_calls: Json,
    pub incomplete: bool,
    pub create_time: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

const USER: i16 = 1;
pub(in crate::store) const ASSISTANT: i16 = 2;

impl TryFrom<Model> for Message {
    type Error = Error;

    fn try_from(row: Model) -> Result<Self, Error> {
        Ok(Self {
            id: row.id,
            conversation_id: row.conversation_id,
            sequence: row.sequence,
            turn_id: row.turn_id,
            role: if row.role == USER { Role::User } else { Role::Assistant },
            content: row.content,
            metadata: from_json(row.metadata)?,
            tool_calls: from_json(row.tool_calls)?,
            incomplete: row.incomplete,
            created: row.create_time,
        })
    }
}

pub(in crate::store) fn row(owner: &Owner, message: &Message) -> Result<ActiveModel, Error> {
    let role = match message.role {
        Role::User => USER,
        Role::Assistant => ASSISTANT,
    };
    Ok(ActiveModel {
        row_id: NotSet,
        id: Set(message.id),
        owner: Set(owner.as_str().to_owned()),
        conversation_id: Set(message.conversation_id),
        sequence: Set(message.sequence),
        turn_id: Set(message.turn_id),
        role: Set(role),
        content: Set(message.content.clone()),
        metadata: Set(json(&message.metadata)?),
        tool_calls: Set(json(&message.tool_calls)?),
        incomplete: Set(message.incomplete),
        create_time: Set(message.created),
    })
}
