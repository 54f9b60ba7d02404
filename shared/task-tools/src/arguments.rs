//! Argument types that several tools share, and the parsing of arguments.
//!
//! The JSON schemas are generated from the same types, so a schema and its parser cannot differ. Text
//! lengths are limited by the task service, whose errors name the field.

use std::borrow::Cow;

use chrono::DateTime;
use prost_types::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use tandem_proto::task;

use crate::failure::Failure;

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub(crate) enum Priority {
    Low,
    Medium,
    High,
}

impl From<Priority> for task::Priority {
    fn from(priority: Priority) -> Self {
        match priority {
            Priority::Low => Self::Low,
            Priority::Medium => Self::Medium,
            Priority::High => Self::High,
        }
    }
}

/// A reference to one task.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(crate) enum TaskRef {
    Number(i64),
    /// The id, or the number as text.
    Text(String),
}

impl JsonSchema for TaskRef {
    fn schema_name() -> Cow<'static, str> {
        "TaskRef".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["integer", "string"],
            "description": "The task's number, as in 12, or its id.",
        })
    }
}

pub(crate) fn parse_time(field: &str, text: &str) -> Result<Timestamp, Failure> {
    let time = DateTime::parse_from_rfc3339(text).map_err(|_| {
        let violation = format!("{field}: {text:?} is not an RFC 3339 time with an offset");
        Failure::InvalidArguments(vec![violation])
    })?;
    let nanos = i32::try_from(time.timestamp_subsec_nanos()).unwrap_or_default();
    Ok(Timestamp { seconds: time.timestamp(), nanos })
}

/// Parses a time that may be left out.
pub(crate) fn parse_optional_time(
    field: &str,
    text: Option<String>,
) -> Result<Option<Timestamp>, Failure> {
    text.map(|text| parse_time(field, &text)).transpose()
}

/// The priority on the wire; unspecified if it is left out.
pub(crate) fn priority_or_unspecified(priority: Option<Priority>) -> i32 {
    priority.map_or(task::Priority::Unspecified, task::Priority::from).into()
}
