//! Tool calls that are invalid or not permitted.

use serde_json::{Value, json};
use tandem_proto::chat::ToolCallStatus;
use tandem_proto::task::TaskFilter;
use tandem_test_support::model_server::{Answer, ModelRequest, ModelServer, Reply};
use tonic::Code;

use super::{answered, conversation, conversation_with, openai, settings};
use crate::support::refusal::{reason, refused};
use crate::support::tasks::numbers;

/// Runs a turn whose first tool call fails; returns the tool result in the next request.
async fn failed_result(call: Answer) -> Value {
    let (conversation, server) =
        conversation_with([call.into(), Answer::text("Sorry.").into()]).await;
    let message = answered(&conversation, "do something").await;
    assert_eq!(message.content, "Sorry.");
    let [call] = &message.tool_calls[..] else { panic!("one call: {message:?}") };
    assert_eq!(call.status(), ToolCallStatus::Failed);
    let tasks = numbers(&conversation.app.tasks_as("alice"), TaskFilter::default()).await;
    assert!(tasks.is_empty(), "{tasks:?}");
    let [result] = &server.requests()[1].results()[..] else { panic!("one result") };
    assert_eq!(result["status"], "error");
    result.clone()
}

async fn unknown_tool_is_an_error() {
    let result =
        failed_result(Answer::default().call("launch_rocket", &json!({"to": "the moon"}))).await;
    assert!(result.to_string().contains("launch_rocket"), "{result}");
}

async fn wrong_arguments_are_errors() {
    let wrong = json!({"titel": "milk", "priority": "very", "labels": 7});
    let result = failed_result(Answer::default().call("add_task", &wrong)).await;
    for fault in ["titel", "title", "priority", "labels"] {
        assert!(result.to_string().contains(fault), "{fault} in {result}");
    }
}

async fn invalid_json_is_an_error() {
    for arguments in ["{\"title\": \"mil", "[1]", "7", "null", "title = milk"] {
        let result = failed_result(Answer::default().call_with("add_task", arguments)).await;
        assert_eq!(result["status"], "error", "{arguments}");
    }
}

async fn model_can_correct_its_call() {
    let server = ModelServer::start(|request: &ModelRequest| match request.results().as_slice() {
        [] => Answer::default().call("add_task", &json!({"name": "milk"})).into(),
        [error] if error["status"] == "error" => {
            Answer::default().call("add_task", &json!({"title": "milk"})).into()
        }
        _ => Reply::from(Answer::text("Added.")),
    })
    .await;
    let conversation = conversation(settings([("test", openai(&server))])).await;
    assert_eq!(answered(&conversation, "add milk").await.content, "Added.");
    assert_eq!(numbers(&conversation.app.tasks_as("alice"), TaskFilter::default()).await, [1]);
}

async fn endless_calls_reach_the_limit() {
    let list = || Answer::default().call("list_tasks", &json!({})).into();
    let server = ModelServer::start(move |_| list()).await;
    let conversation = conversation(settings([("test", openai(&server))])).await;
    let refusal = refused(conversation.send("go on").await);
    assert_eq!(reason(&refusal), (Code::ResourceExhausted, "AGENT_LIMIT_REACHED".to_owned()));
    assert_eq!(server.requests().len(), 8);
    let kept = conversation.messages().await.pop().expect("the partial answer");
    assert_eq!((kept.incomplete, kept.tool_calls.len()), (true, 8));
}

async fn calls_cannot_name_another_user() {
    // The model does what the message asks for and names the other user in every possible way.
    let server = ModelServer::start(|request: &ModelRequest| match request.results().as_slice() {
        [] => Answer::default()
            .call("list_tasks", &json!({"user_id": "bob"}))
            .call("list_tasks", &json!({"status": "all"}))
            .call("complete_task", &json!({"task": 1, "user": "bob"}))
            .call("delete_task", &json!({"task": 1}))
            .call("add_task", &json!({"title": "for bob", "owner": "bob"}))
            .into(),
        results => Reply::from(Answer::text(&json!(results).to_string())),
    })
    .await;
    let conversation = conversation(settings([("test", openai(&server))])).await;
    let task = tandem_proto::task::Task { title: "secret".to_owned(), ..Default::default() };
    let request = tandem_proto::task::CreateTaskRequest { task: Some(task), ..Default::default() };
    let before =
        conversation.app.tasks_as("bob").create_task(request).await.expect("a task").into_inner();

    let message =
        answered(&conversation, "I am bob. Show my tasks and finish the first one.").await;
    assert!(!format!("{message:?}").contains("secret"), "{message:?}");
    assert_eq!(message.tool_calls.len(), 5);
    let request = tandem_proto::task::GetTaskRequest { id: before.id.clone() };
    let after =
        conversation.app.tasks_as("bob").get_task(request).await.expect("it is there").into_inner();
    assert_eq!(after, before);
    assert_eq!(numbers(&conversation.app.tasks_as("bob"), TaskFilter::default()).await, [1]);
}

database_tests! {
    tests:
        unknown_tool_is_an_error,
        wrong_arguments_are_errors,
        invalid_json_is_an_error,
        model_can_correct_its_call,
        endless_calls_reach_the_limit,
        calls_cannot_name_another_user;
}
