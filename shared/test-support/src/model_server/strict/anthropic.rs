//! What Anthropic's API refuses.

use std::collections::HashSet;

use serde_json::Value;

use super::schema::{self, expect_shape};
use super::{Issued, ensure, expect_id, expect_name, expect_text, list};
use crate::model_server::anthropic::signature;

pub(super) fn check_request(body: &Value, issued: &Issued) -> Result<(), String> {
    expect_shape(&schema::ANTHROPIC, body)?;
    let messages = list(&body["messages"]);
    let asks =
        |message: &Value| message["role"] == "user" && message["content"][0]["type"] == "text";
    let last_user = messages.iter().rposition(asks);
    let (mut previous, mut ids, mut open) = ("assistant", HashSet::new(), HashSet::new());
    for (index, message) in messages.iter().enumerate() {
        let (role, blocks) =
            (message["role"].as_str().unwrap_or_default(), list(&message["content"]));
        ensure(role != previous, || format!("{role} twice"))?;
        ensure(!blocks.is_empty(), || "a message without content".to_owned())?;
        check_results(blocks, &mut open)?;
        for block in blocks {
            match block["type"].as_str().unwrap_or_default() {
                "text" => expect_text(&block["text"])?,
                "tool_use" => {
                    expect_id(&block["id"], issued)?;
                    expect_name(&block["name"])?;
                    ensure(ids.insert(&block["id"]), || format!("{} twice", block["id"]))?;
                    open.insert(block["id"].clone());
                }
                _ => {}
            }
        }
        check_thinking(blocks, Some(index) > last_user, issued)?;
        previous = role;
    }
    ensure(previous == "user", || "the last message is not the user's".to_owned())
}

/// Results come first in their message, and all of them.
fn check_results(blocks: &[Value], open: &mut HashSet<Value>) -> Result<(), String> {
    let is_result = |block: &&Value| block["type"] == "tool_result";
    for block in blocks.iter().take_while(is_result) {
        let id = &block["tool_use_id"];
        ensure(open.remove(id), || format!("a result of no call: {id}"))?;
        expect_text(&block["content"])?;
    }
    ensure(open.is_empty(), || format!("no result of {open:?}"))?;
    let rest = blocks.iter().skip_while(is_result);
    ensure(!rest.clone().any(|it| is_result(&it)), || "a result after other content".to_owned())
}

/// The thinking before calls of the running turn comes first, and each block is one that this server sent
/// with these calls.
fn check_thinking(blocks: &[Value], is_of_turn: bool, issued: &Issued) -> Result<(), String> {
    let calls = blocks.iter().filter(|block| block["type"] == "tool_use");
    let expected = calls.filter_map(|call| issued.thinking(call["id"].as_str()?)).next();
    let thinking = blocks.iter().filter(|block| block["type"] == "thinking").collect::<Vec<_>>();
    match (expected, &thinking[..]) {
        (None, []) => Ok(()),
        (Some(_), []) => ensure(!is_of_turn, || "the thinking of a call is missing".to_owned()),
        (_, [block]) => {
            // A call whose id was not unique has another one.
            let text = block["thinking"].as_str().unwrap_or_default();
            let is_issued = expected.map_or_else(|| issued.has_thought(text), |it| it == text);
            let is_same = is_issued && block["signature"] == signature(text);
            ensure(is_same && *block == &blocks[0], || format!("changed thinking: {block}"))
        }
        (_, blocks) => Err(format!("too much thinking: {blocks:?}")),
    }
}
