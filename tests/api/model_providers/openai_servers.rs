//! Servers that speak OpenAI's protocol in their own ways.

use serde_json::{Value, json};
use tandem_llm::{Kind, Provider};
use tandem_proto::task::TaskFilter;
use tandem_test_support::model_server::{Answer, ModelRequest, ModelServer, Reply};

use super::{answered, conversation, conversation_with, openai, provider, settings};
use crate::support::tasks::numbers;

fn event(delta: &Value, finish_reason: Option<&str>) -> String {
    format!("data: {}\n\n", json!({"choices": [{"delta": delta, "finish_reason": finish_reason}]}))
}

fn done() -> Reply {
    Answer::text("Done.").into()
}

async fn repeated_call_runs_once() {
    let call = |index| {
        let function = json!({"name": "add_task", "arguments": "{\"title\": \"milk\"}"});
        event(
            &json!({"tool_calls": [{"index": index, "id": "callabcde", "function": function}]}),
            None,
        )
    };
    let events = [call(0), call(1), event(&json!({}), Some("tool_calls"))];
    let (conversation, _server) = conversation_with([Reply::bytes(events), done()]).await;
    assert_eq!(answered(&conversation, "add milk").await.tool_calls.len(), 1);
    assert_eq!(numbers(&conversation.app.tasks_as("alice"), TaskFilter::default()).await, [1]);
}

async fn repeated_name_continues_the_call() {
    let part = |id: Option<&str>, arguments: &str| {
        let function = json!({"name": "add_task", "arguments": arguments});
        event(&json!({"tool_calls": [{"index": 0, "id": id, "function": function}]}), None)
    };
    let parts = [part(Some("callabcde"), "{\"title\":"), part(None, " \"milk\"}"), part(None, "")];
    let events = [parts.concat(), event(&json!({}), Some("tool_calls"))];
    let (conversation, _server) = conversation_with([Reply::bytes(events), done()]).await;
    let message = answered(&conversation, "add milk").await;
    assert_eq!(message.tool_calls.len(), 1, "{message:?}");
    assert_eq!(numbers(&conversation.app.tasks_as("alice"), TaskFilter::default()).await, [1]);
}

async fn response_may_be_one_document() {
    let function = json!({"name": "add_task", "arguments": {"title": "milk"}});
    let message = json!({"role": "assistant", "content": null, "tool_calls": [
        {"id": "callabcde", "type": "function", "function": function},
    ]});
    let call = json!({"choices": [{"message": message, "finish_reason": "tool_calls"}]});
    let parts = json!([{"type": "text", "text": "Done."}]);
    let choice = json!({"message": {"content": parts}, "finish_reason": "stop"});
    let usage = json!({"prompt_tokens": 5, "completion_tokens": 2});
    let last = json!({"choices": [choice], "usage": usage});
    let document = |it: Value| Reply::bytes([it.to_string()]).header("x-server", "no stream");
    let (conversation, _server) = conversation_with([document(call), document(last)]).await;
    let message = answered(&conversation, "add milk").await;
    assert_eq!((message.content.as_str(), message.tool_calls.len()), ("Done.", 1));
    let usage = conversation.turn(&message.turn_id).await.usage.expect("usage");
    assert_eq!((usage.input_token_count, usage.output_token_count), (5, 2));
}

async fn extra_fields_are_merged() {
    let server = ModelServer::start(|_| done()).await;
    let extra =
        [("temperature".to_owned(), json!(0.2)), ("max_completion_tokens".to_owned(), json!(9))];
    let mut provider = openai(&server);
    provider.extra_body.extend(extra);
    let conversation = conversation(settings([("test", provider)])).await;
    answered(&conversation, "hello").await;
    let body = &server.requests()[0].body;
    assert_eq!((&body["temperature"], &body["max_completion_tokens"]), (&json!(0.2), &json!(9)));
    assert_eq!(body["max_tokens"], Value::Null, "one name is enough");
}

async fn nested_extra_fields_are_merged() {
    let server = ModelServer::start(|_| done()).await;
    let thinking = json!({"thinkingConfig": {"thinkingBudget": 0}});
    let mut provider: Provider = provider(Kind::GEMINI, &server);
    provider.extra_body.insert("generationConfig".to_owned(), thinking);
    let conversation = conversation(settings([("test", provider)])).await;
    answered(&conversation, "hello").await;
    let expected = json!({"maxOutputTokens": 4096, "thinkingConfig": {"thinkingBudget": 0}});
    assert_eq!(server.requests()[0].body["generationConfig"], expected);
}

/// A server that refuses fields by their names, as OpenAI and its likes do.
fn choosy(request: &ModelRequest) -> Reply {
    let refusal = |param: &str| {
        let message = format!("Unsupported parameter: '{param}' is not supported with this model.");
        let error = json!({"message": message, "param": param, "type": "invalid_request_error"});
        Reply::status(400, &json!({"error": error}).to_string())
    };
    let body = &request.body;
    if body.get("max_tokens").is_some() {
        refusal("max_tokens")
    } else if body.get("stream_options").is_some() {
        refusal("stream_options")
    } else if body["reasoning_effort"] != "none" {
        refusal("reasoning_effort")
    } else {
        done()
    }
}

async fn refused_fields_are_learned() {
    let server = ModelServer::start(choosy).await;
    let conversation = conversation(settings([("test", openai(&server))])).await;
    assert_eq!(answered(&conversation, "hello").await.content, "Done.");
    assert_eq!(answered(&conversation, "again").await.content, "Done.");
    let requests = server.requests();
    assert_eq!(requests.len(), 5, "the second message needs one");
    assert_eq!(requests[4].body["max_completion_tokens"], 4096);
}

async fn configured_fields_are_not_changed() {
    let server = ModelServer::start(choosy).await;
    let mut provider = openai(&server);
    provider.extra_body.insert("reasoning_effort".to_owned(), json!("high"));
    let conversation = conversation(settings([("test", provider)])).await;
    assert_eq!(super::unanswered(&conversation, "hello").await, None);
    assert_eq!(server.requests().last().expect("a request").body["reasoning_effort"], "high");
}

database_tests! {
    tests:
        repeated_call_runs_once,
        repeated_name_continues_the_call,
        response_may_be_one_document,
        extra_fields_are_merged,
        nested_extra_fields_are_merged,
        refused_fields_are_learned,
        configured_fields_are_not_changed;
}
