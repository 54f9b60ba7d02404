//! The rows of the chat database, a file a table, and what they mean.

pub(super) mod conversation;
pub(super) mod message;
pub(super) mod turn;
pub(super) mod turn_event;
pub(super) mod turn_step;

use sea_orm::prelude::Json;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tandem_error::Error;

/// A value for a JSON column.
pub(super) fn json(value: &impl Serialize) -> Result<Json, Error> {
    serde_json::to_value(value).map_err(Error::internal)
}

/// The value of a JSON column.
pub(super) fn from_json<T: DeserializeOwned>(json: Json) -> Result<T, Error> {
    serde_json::from_value(json).map_err(Error::internal)
}
