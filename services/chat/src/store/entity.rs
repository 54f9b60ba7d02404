//! The rows of the chat database, one file per table, and their conversion to domain types.
//!
//! Enums are stored as numbers. For each, an `encode_…` and a `decode_…` function `match` both ways: a
//! variant without a number does not compile, and an unknown number is an error, never a default.

pub(super) mod conversation;
pub(super) mod message;
pub(super) mod turn;
pub(super) mod turn_event;
pub(super) mod turn_step;

use sea_orm::prelude::Json;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tandem_error::Error;

/// Encodes the value of a JSON column.
pub(super) fn to_json(value: &impl Serialize) -> Result<Json, Error> {
    serde_json::to_value(value).map_err(Error::internal)
}

/// Decodes the value of a JSON column.
pub(super) fn from_json<T: DeserializeOwned>(json: Json) -> Result<T, Error> {
    serde_json::from_value(json).map_err(Error::internal)
}
