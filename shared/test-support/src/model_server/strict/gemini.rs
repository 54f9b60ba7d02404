//! What Gemini's API refuses; signatures as Gemini 3 wants them.

use serde_json::Value;

use super::schema::{self, expect_shape};
use super::{Issued, ensure, expect_name, expect_text, list};
use crate::model_server::gemini::SIGNATURE;

/// The documented signature for calls of other models.
const NO_SIGNATURE: &str = "skip_thought_signature_validator";

pub(super) fn check_request(body: &Value, issued: &Issued) -> Result<(), String> {
    expect_shape(&schema::GEMINI, body)?;
    let contents = list(&body["contents"]);
    let asks =
        |content: &Value| list(&content["parts"]).iter().any(|part| part["text"].is_string());
    let last_user = contents.iter().rposition(|it| it["role"] == "user" && asks(it));
    let (mut previous, mut open) = ("model", Vec::new());
    for (index, content) in contents.iter().enumerate() {
        let (role, parts) = (content["role"].as_str().unwrap_or_default(), list(&content["parts"]));
        ensure(matches!(role, "user" | "model") && role != previous, || format!("{role} twice"))?;
        ensure(!parts.is_empty(), || "a content without parts".to_owned())?;
        for part in parts {
            check_part(part)?;
        }
        check_responses(parts, &open)?;
        open = parts.iter().filter(|it| it["functionCall"].is_object()).collect();
        check_signatures(&open, Some(index) > last_user, issued)?;
        previous = role;
    }
    ensure(previous == "user", || "the last content is not the user's".to_owned())
}

fn check_part(part: &Value) -> Result<(), String> {
    let kinds = ["text", "functionCall", "functionResponse"].map(|kind| part.get(kind).is_some());
    let count = kinds.iter().filter(|is_set| **is_set).count();
    ensure(count == 1, || format!("a part of {count} kinds: {part}"))?;
    if kinds[0] {
        return expect_text(&part["text"]);
    }
    let function = if kinds[1] { &part["functionCall"] } else { &part["functionResponse"] };
    expect_name(&function["name"])
}

/// As many responses as calls before, in their order, with their names and ids.
fn check_responses(parts: &[Value], calls: &[&Value]) -> Result<(), String> {
    let responses = parts.iter().filter_map(|part| part.get("functionResponse"));
    let mark = |function: &Value| (function["name"].clone(), function["id"].clone());
    let seen = responses.map(mark).collect::<Vec<_>>();
    let expected = calls.iter().map(|call| mark(&call["functionCall"])).collect::<Vec<_>>();
    ensure(seen == expected, || format!("responses {seen:?} to calls {expected:?}"))
}

/// Each signature is one of this server or the documented one; the first call of each step of the running
/// turn has one, and calls of this server have their own.
fn check_signatures(calls: &[&Value], is_of_turn: bool, issued: &Issued) -> Result<(), String> {
    for (index, call) in calls.iter().enumerate() {
        let signature = call["thoughtSignature"].as_str();
        let id = call["functionCall"]["id"].as_str();
        ensure(id.is_none_or(|id| issued.has_call(id)), || format!("the id of another: {id:?}"))?;
        let is_own = id.is_some() && is_of_turn;
        let is_met = match signature {
            Some(SIGNATURE) => true,
            Some(NO_SIGNATURE) => !is_own,
            Some(_) => false,
            None => index > 0 || !is_of_turn,
        };
        ensure(is_met, || format!("the signature {signature:?} of call {index}"))?;
    }
    Ok(())
}
