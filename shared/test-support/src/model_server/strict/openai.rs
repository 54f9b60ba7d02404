//! What OpenAI's API, Mistral, DeepSeek and the templates of open models refuse.

use std::collections::HashSet;

use serde_json::Value;

use super::schema::{self, expect_shape};
use super::{Issued, ensure, expect_id, expect_name, expect_text, list};

/// What a thinking model of DeepSeek sends and wants back; no field of OpenAI's.
const REASONING: &str = "reasoning_content";

pub(super) fn check_request(body: &Value, issued: &Issued) -> Result<(), String> {
    let mut own = body.clone();
    let messages = own["messages"].as_array_mut().into_iter().flatten();
    messages.filter_map(Value::as_object_mut).for_each(|message| {
        message.remove(REASONING);
    });
    expect_shape(&schema::OPENAI, &own)?;
    let limits = ["max_tokens", "max_completion_tokens"].map(|it| body.get(it).is_some());
    ensure(limits != [true, true], || "two names of one limit".to_owned())?;
    check_messages(list(&body["messages"]), issued)
}

fn check_messages(messages: &[Value], issued: &Issued) -> Result<(), String> {
    let last_user = messages.iter().rposition(|message| message["role"] == "user").unwrap_or(0);
    let (mut previous, mut ids) = ("", HashSet::new());
    let mut open = HashSet::new();
    for (index, message) in messages.iter().enumerate() {
        let role = message["role"].as_str().unwrap_or_default();
        ensure(open.is_empty() || role == "tool", || format!("no result of {open:?}"))?;
        let follows = match role {
            "system" => previous.is_empty(),
            "user" => matches!(previous, "system" | "assistant"),
            "assistant" => matches!(previous, "user" | "tool"),
            _ => matches!(previous, "assistant" | "tool"),
        };
        ensure(follows, || format!("{role} after {previous:?}"))?;
        match role {
            "assistant" => {
                for call in list(&message["tool_calls"]) {
                    check_call(call, issued)?;
                    ensure(ids.insert(&call["id"]), || format!("{} twice", call["id"]))?;
                    open.insert(&call["id"]);
                }
                check_assistant(message, index > last_user, issued)?;
            }
            "tool" => {
                let id = &message["tool_call_id"];
                ensure(open.remove(id), || format!("a result of no call: {id}"))?;
            }
            _ => expect_text(&message["content"])?,
        }
        previous = role;
    }
    ensure(matches!(previous, "user" | "tool"), || format!("ends with {previous:?}"))
}

fn check_call(call: &Value, issued: &Issued) -> Result<(), String> {
    expect_id(&call["id"], issued)?;
    expect_name(&call["function"]["name"])?;
    let arguments = call["function"]["arguments"].as_str().unwrap_or_default();
    let is_object = serde_json::from_str::<Value>(arguments).is_ok_and(|it| it.is_object());
    ensure(is_object, || format!("arguments that are no object: {arguments}"))
}

/// A message of the model has text or calls. One of the running turn has the reasoning that this server
/// sent with its calls, and no message has any other.
fn check_assistant(message: &Value, is_of_turn: bool, issued: &Issued) -> Result<(), String> {
    let content = &message["content"];
    let calls = list(&message["tool_calls"]);
    if calls.is_empty() || !content.is_null() {
        expect_text(content)?;
    }
    let thinking = calls.iter().filter_map(|call| issued.thinking(call["id"].as_str()?)).next();
    let returned = message[REASONING].as_str();
    let is_met = match (returned, thinking) {
        (Some(returned), Some(thinking)) => returned == thinking,
        // A call whose id was not unique has another one.
        (Some(returned), None) => issued.has_thought(returned),
        (None, Some(_)) => !is_of_turn,
        (None, None) => true,
    };
    ensure(is_met, || format!("{REASONING} is {returned:?} instead of {thinking:?}"))
}
