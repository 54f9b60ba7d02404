//! What the real providers refuse: the shapes of their SDKs' types (`schemas`), and the rules that the
//! types do not show.

mod anthropic;
mod gemini;
mod openai;
mod schema;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use serde_json::Value;

use super::reply::Call;
use super::request::Protocol;

/// What a server has sent and wants back.
#[derive(Default)]
pub(super) struct Issued {
    /// The calls by id, each with what the model thought before it.
    calls: HashMap<String, Option<String>>,
}

impl Issued {
    pub(super) fn add_call(&mut self, call: &Call, thinking: Option<&String>) {
        let ids = match &call.id {
            Some(id) => vec![id.clone()],
            // The protocols' own ids, of which one is used.
            None => (0..32).flat_map(|it| [format!("call_{it}"), format!("toolu_{it}")]).collect(),
        };
        self.calls.extend(ids.into_iter().map(|id| (id, thinking.cloned())));
    }

    fn has_call(&self, id: &str) -> bool {
        self.calls.contains_key(id)
    }

    /// Whether this server has sent a thought.
    fn has_thought(&self, text: &str) -> bool {
        self.calls.values().flatten().any(|thought| thought == text)
    }

    /// What has to be returned with a call.
    fn thinking(&self, id: &str) -> Option<&str> {
        self.calls.get(id)?.as_deref()
    }
}

/// The first reason to refuse a request.
pub(super) fn check_request(
    protocol: Protocol,
    body: &Value,
    issued: &Issued,
) -> Result<(), String> {
    match protocol {
        Protocol::OpenAi => openai::check_request(body, issued),
        Protocol::Anthropic => anthropic::check_request(body, issued),
        Protocol::Gemini => gemini::check_request(body, issued),
    }
}

fn ensure(is_met: bool, refusal: impl FnOnce() -> String) -> Result<(), String> {
    if is_met { Ok(()) } else { Err(refusal()) }
}

/// A text with other characters than white space.
fn expect_text(value: &Value) -> Result<(), String> {
    let is_text = value.as_str().is_some_and(|text| !text.trim().is_empty());
    ensure(is_text, || format!("a blank text: {value}"))
}

/// The name of a function, as all providers limit it.
fn expect_name(name: &Value) -> Result<(), String> {
    let is_name = name.as_str().is_some_and(|name| {
        (1..=64).contains(&name.len())
            && name.chars().all(|it| it.is_ascii_alphanumeric() || matches!(it, '_' | '-'))
    });
    ensure(is_name, || format!("not the name of a function: {name}"))
}

/// The id of a call: one that this server gave it, or one in the form of the strictest server.
fn expect_id(id: &Value, issued: &Issued) -> Result<(), String> {
    let is_id = id.as_str().is_some_and(|id| {
        issued.has_call(id) || (id.len() == 9 && id.chars().all(|it| it.is_ascii_alphanumeric()))
    });
    ensure(is_id, || format!("not the id of a call: {id}"))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
