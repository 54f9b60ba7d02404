//! The rows of the chat database, one file per table, and their conversion to domain types.
//!
//! Enums are stored as numbers, by [`tandem_database::column_numbers!`].
//!
//! Some types of the domain are stored as they are, as JSON, without the number of a format: `TurnEvent`
//! and `ToolCall` with all that they contain, `ModelResponse`, and in the responses of request ids
//! `Conversation` and `StartedTurn`. One rule holds for all of them: what was once written stays readable.
//! An added field has `#[serde(default)]`; a renamed one, or a renamed variant, keeps its stored name by
//! `#[serde(rename = "…")]`. A new variant needs its readers first: replicas of the previous version
//! refuse it. The tests hold a row of every variant as it is stored.

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

#[cfg(test)]
mod tests;
