//! The table `tasks`.

use sea_orm::entity::prelude::*;
use tandem_clock::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tasks")]
pub(in crate::store) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub owner: String,
    pub number: i64,
    pub title: String,
    pub description: String,
    pub state: i16,
    pub priority: i16,
    pub due_time: Timestamp,
    #[sea_orm(column_type = "JsonBinary")]
    pub labels: Json,
    pub create_time: Timestamp,
    pub update_time: Timestamp,
    pub complete_time: Option<Timestamp>,
    pub delete_time: Option<Timestamp>,
    pub version: i64,
    pub change_sequence: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(in crate::store) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
