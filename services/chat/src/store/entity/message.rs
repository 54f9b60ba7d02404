//! The table `messages`.

use sea_orm::entity::prelude::*;
use sea_orm::{NotSet, Set};
use tandem_auth::Owner;
use tandem_clock::Timestamp;
use tandem_error::Error;

use super::{from_json, to_json};
use crate::domain::{Message, Role};

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

tandem_database::column_numbers! {
    pub(in crate::store) fn encode_role, decode_role: Role, "message role" {
        1 = Role::User,
        2 = Role::Assistant,
    }
}

impl TryFrom<Model> for Message {
    type Error = Error;

    fn try_from(row: Model) -> Result<Self, Error> {
        Ok(Self {
            id: row.id,
            conversation_id: row.conversation_id,
            sequence: row.sequence,
            turn_id: row.turn_id,
            role: decode_role(row.role)?,
            content: row.content,
            metadata: from_json(row.metadata)?,
            tool_calls: from_json(row.tool_calls)?,
            incomplete: row.incomplete,
            created: row.create_time,
        })
    }
}

pub(in crate::store) fn row_from_message(
    owner: &Owner,
    message: &Message,
) -> Result<ActiveModel, Error> {
    Ok(ActiveModel {
        row_id: NotSet,
        id: Set(message.id),
        owner: Set(owner.as_str().to_owned()),
        conversation_id: Set(message.conversation_id),
        sequence: Set(message.sequence),
        turn_id: Set(message.turn_id),
        role: Set(encode_role(message.role)),
        content: Set(message.content.clone()),
        metadata: Set(to_json(&message.metadata)?),
        tool_calls: Set(to_json(&message.tool_calls)?),
        incomplete: Set(message.incomplete),
        create_time: Set(message.created),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_round_trip() {
        let stored = [(1, Role::User), (2, Role::Assistant)];
        let known = (i16::MIN..=i16::MAX).filter_map(|it| Some((it, decode_role(it).ok()?)));
        assert_eq!(known.collect::<Vec<_>>(), stored, "stored numbers never change");
        assert!(stored.iter().all(|(number, role)| encode_role(*role) == *number));
    }

    #[test]
    fn unknown_role_is_an_error() {
        for number in [-1, 0, 3] {
            assert!(matches!(decode_role(number), Err(Error::Internal(_))), "{number}");
        }
    }
}
