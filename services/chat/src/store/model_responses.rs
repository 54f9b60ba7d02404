//! Model responses with tool calls: together with the events, the journal of a turn.

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _, Set,
};
use tandem_auth::Owner;
use tandem_database::Db as _;
use tandem_error::Error;
use uuid::Uuid;

use super::entity::turn_step::{ActiveModel, Column, Entity};
use super::entity::{from_json, to_json};
use crate::domain::ModelResponse;

/// The model responses of the owner's turn, in order.
pub async fn list_model_responses(
    db: &impl ConnectionTrait,
    owner: &Owner,
    turn_id: Uuid,
) -> Result<Vec<ModelResponse>, Error> {
    let rows = Entity::find()
        .filter(Column::Owner.eq(owner.as_str()))
        .filter(Column::TurnId.eq(turn_id))
        .order_by_asc(Column::Number)
        .all(db)
        .await
        .db()?;
    rows.into_iter().map(|row| from_json(row.step)).collect()
}

/// Stores the response with the number `number`, from 1.
pub(super) async fn insert_model_response(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    turn_id: Uuid,
    number: usize,
    response: &ModelResponse,
) -> Result<(), Error> {
    let row = ActiveModel {
        owner: Set(owner.as_str().to_owned()),
        turn_id: Set(turn_id),
        number: Set(i64::try_from(number).unwrap_or(i64::MAX)),
        step: Set(to_json(response)?),
    };
    Entity::insert(row).exec_without_returning(tx).await.db()?;
    Ok(())
}
