//! The table `conversations`.

use sea_orm::Set;
use sea_orm::entity::prelude::*;
use tandem_auth::Owner;

use tandem_clock::Timestamp;

use crate::domain::Conversation;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "conversations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub owner: String,
    pub title: String,
    pub last_sequence: i64,
    pub create_time: Timestamp,
    pub update_time: Timestamp,
    pub delete_time: Option<Timestamp>,
    pub version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<Model> for Conversation {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            title: row.title,
            last_sequence: row.last_sequence,
            created: row.create_time,
            updated: row.update_time,
            deleted: row.delete_time,
            version: row.version,
        }
    }
}

pub(in crate::store) fn row_from_conversation(
    owner: &Owner,
    conversation: &Conversation,
) -> ActiveModel {
    ActiveModel {
        id: Set(conversation.id),
        owner: Set(owner.as_str().to_owned()),
        title: Set(conversation.title.clone()),
        last_sequence: Set(conversation.last_sequence),
        create_time: Set(conversation.created),
        update_time: Set(conversation.updated),
        delete_time: Set(conversation.deleted),
        version: Set(conversation.version),
    }
}
