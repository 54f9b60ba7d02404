//! A request that each real provider accepts, and changes that it refuses.

use serde_json::json;

use super::*;

fn issued() -> Issued {
    let (name, arguments) = ("add_task".to_owned(), "{}".to_owned());
    let mut issued = Issued::default();
    let call = Call { id: Some("call-1".to_owned()), name, arguments };
    issued.add_call(&call, Some(&"Milk.".to_owned()));
    issued
}

fn openai() -> Value {
    json!({"model": "m", "stream": true, "max_tokens": 9, "messages": [
        {"role": "system", "content": "s"},
        {"role": "user", "content": "add milk"},
        {"role": "assistant", "content": null, "reasoning_content": "Milk.", "tool_calls": [
            {"id": "call-1", "type": "function", "function": {"name": "add_task", "arguments": "{}"}},
        ]},
        {"role": "tool", "tool_call_id": "call-1", "content": "{}"},
    ]})
}

fn anthropic() -> Value {
    let signature = super::super::anthropic::signature("Milk.");
    json!({"model": "m", "stream": true, "max_tokens": 9, "messages": [
        {"role": "user", "content": [{"type": "text", "text": "add milk"}]},
        {"role": "assistant", "content": [
            {"type": "thinking", "thinking": "Milk.", "signature": signature},
            {"type": "tool_use", "id": "call-1", "name": "add_task", "input": {}},
        ]},
        {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": "call-1", "content": "{}"},
        ]},
    ]})
}

fn gemini() -> Value {
    let signature = super::super::gemini::SIGNATURE;
    let call = json!({"id": "call-1", "name": "add_task", "args": {}});
    let response = json!({"id": "call-1", "name": "add_task", "response": {}});
    json!({"contents": [
        {"role": "user", "parts": [{"text": "add milk"}]},
        {"role": "model", "parts": [{"functionCall": call, "thoughtSignature": signature}]},
        {"role": "user", "parts": [{"functionResponse": response}]},
    ]})
}

/// Checks that `body` is accepted, and not with one of these values at their JSON pointers.
fn check_changes(protocol: Protocol, body: &Value, changes: &[(&str, Value)]) {
    assert_eq!(check_request(protocol, body, &issued()), Ok(()));
    for (pointer, value) in changes {
        let mut changed = body.clone();
        *changed.pointer_mut(pointer).expect(pointer) = value.clone();
        assert!(check_request(protocol, &changed, &issued()).is_err(), "{pointer} = {value}");
    }
}

#[test]
fn openai_refuses() {
    check_changes(
        Protocol::OpenAi,
        &openai(),
        &[
            ("/max_tokens", json!("9")),
            ("/messages/1/content", json!(" ")),
            ("/messages/1/role", json!("tool")),
            ("/messages/2/content", json!("\n")),
            ("/messages/2/reasoning_content", json!(null)),
            ("/messages/2/reasoning_content", json!("Eggs.")),
            ("/messages/2/tool_calls/0/id", json!("of-another")),
            ("/messages/2/tool_calls/0/function/name", json!("add task")),
            ("/messages/2/tool_calls/0/function/arguments", json!("[]")),
            (
                "/messages/2/tool_calls/0/function",
                json!({"name": "a", "arguments": "{}", "extra": 1}),
            ),
            ("/messages/3/tool_call_id", json!("call00009")),
            ("/messages/3", json!({"role": "user", "content": "and?"})),
        ],
    );
}

#[test]
fn anthropic_refuses() {
    check_changes(
        Protocol::Anthropic,
        &anthropic(),
        &[
            ("/max_tokens", json!(null)),
            ("/messages/0/content/0/text", json!("\n\n")),
            ("/messages/1/content/0/signature", json!("of another")),
            ("/messages/1/content/0/thinking", json!("Eggs.")),
            ("/messages/1/content/0", json!({"type": "text", "text": "Milk."})),
            ("/messages/1/content/1/name", json!("add.task")),
            ("/messages/1/role", json!("user")),
            ("/messages/2/content/0/tool_use_id", json!("call00009")),
            ("/messages/2/content/0", json!({"type": "text", "text": "and?"})),
        ],
    );
}

#[test]
fn gemini_refuses() {
    check_changes(
        Protocol::Gemini,
        &gemini(),
        &[
            ("/contents/0/parts/0/text", json!("")),
            ("/contents/0/role", json!("model")),
            ("/contents/1/parts/0/thoughtSignature", json!(null)),
            ("/contents/1/parts/0/thoughtSignature", json!("of another")),
            ("/contents/1/parts/0/thoughtSignature", json!("skip_thought_signature_validator")),
            ("/contents/1/parts/0/functionCall/id", json!("call00001")),
            ("/contents/1/parts/0/functionCall/name", json!("")),
            ("/contents/2/parts/0/functionResponse/name", json!("list_tasks")),
            ("/contents/2/parts/0", json!({"text": "and?"})),
        ],
    );
}
