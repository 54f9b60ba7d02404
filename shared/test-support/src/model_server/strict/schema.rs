//! The JSON schemas of requests, generated from the providers' SDKs.

use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::Value;

pub(super) static OPENAI: LazyLock<Validator> =
    LazyLock::new(|| compile(include_str!("../../../schemas/openai.json")));
pub(super) static ANTHROPIC: LazyLock<Validator> =
    LazyLock::new(|| compile(include_str!("../../../schemas/anthropic.json")));
pub(super) static GEMINI: LazyLock<Validator> =
    LazyLock::new(|| compile(include_str!("../../../schemas/gemini.json")));

fn compile(schema: &str) -> Validator {
    let schema = serde_json::from_str(schema).expect("a schema is JSON");
    jsonschema::validator_for(&schema).expect("a schema is valid")
}

/// The first difference between a request and its schema.
pub(super) fn expect_shape(validator: &Validator, body: &Value) -> Result<(), String> {
    match validator.iter_errors(body).next() {
        Some(error) => Err(format!("{}: {error}", error.instance_path())),
        None => Ok(()),
    }
}
