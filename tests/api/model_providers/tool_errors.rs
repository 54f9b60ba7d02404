//! Tool calls that are invalid or not permitted.

use serde_json::{Value, json};
use tandem_proto::chat::ToolCallStatus;
use tandem_proto::task::TaskFilter;
use tandem_test_support::model_server::{Answer, Ask, ModelServer, Reply};
use tonic::Code;

use super::{answered, openai, settings, talk, talk_to};
use crate::support::refusal::{reason, refused};
use crate::support::tasks::numbers;

/// Lets a model make a call that fails, and then answer: what it was told, and what was told of it.
async fn fail(call: Answer) -> Value {
    let (talk, server) = talk_to([call.into(), Answer::say("Sorry.").into()]).await;
    let message = answered(&talk, "do something").await;
    assert_eq!(message.content, "Sorry.");
    let [call] = &message.tool_calls[..] else { panic!("one call: {message:?}") };
    assert_eq!(call.status(), ToolCallStatus::Failed);
    let tasks = numbers(&talk.app.tasks_as("alice"), TaskFilter::default()).await;
    assert!(tasks.is_empty(), "{tasks:?}");
    let [result] = &server.asks()[1].results()[..] else { panic!("one result") };
    assert_eq!(result["status"], "error");
    result.clone()
}

async fn a_tool_that_nobody_has_is_an_error_for_the_model() {
    let result = fail(Answer::default().call("launch_rocket", &json!({"to": "the moon"}))).await;
    assert!(result.to_string().contains("launch_rocket"), "{result}");
}

async fn wrong_arguments_are_an_error_for_the_model() {
    let wrong = json!({"titel": "milk", "priority": "very", "labels": 7});
    let result = fail(Answer::default().call("add_task", &wrong)).await;
    for fault in ["titel", "title", "priority", "labels"] {
        assert!(result.to_string().contains(fault), "{fault} in {result}");
    }
}

async fn arguments_that_are_no_json_are_an_error_for_the_model() {
    for arguments in ["{\"title\": \"mil", "[1]", "7", "null", "title = milk"] {
        let result = fail(Answer::default().call_with("add_task", arguments)).await;
        assert_eq!(result["status"], "error", "{arguments}");
    }
}

async fn a_model_that_reads_its_error_can_do_better() {
    let server = ModelServer::start(|ask: &Ask| match ask.results().as_slice() {
        [] => Answer::default().call("add_task", &json!({"name": "milk"})).into(),
        [error] if error["status"] == "error" => {
            Answer::default().call("add_task", &json!({"title": "milk"})).into()
        }
        _ => Reply::from(Answer::say("Added.")),
    })
    .await;
    let talk = talk(settings([("test", openai(&server))])).await;
    assert_eq!(answered(&talk, "add milk").await.content, "Added.");
    assert_eq!(numbers(&talk.app.tasks_as("alice"), TaskFilter::default()).await, [1]);
}

async fn a_model_that_never_ends_is_ended() {
    let list = || Answer::default().call("list_tasks", &json!({})).into();
    let server = ModelServer::start(move |_| list()).await;
    let talk = talk(settings([("test", openai(&server))])).await;
    let refusal = refused(talk.say("go on").await);
    assert_eq!(reason(&refusal), (Code::ResourceExhausted, "AGENT_LIMIT_REACHED".to_owned()));
    assert_eq!(server.asks().len(), 8);
    let kept = talk.messages().await.pop().expect("what was done");
    assert_eq!((kept.incomplete, kept.tool_calls.len()), (true, 8));
}

async fn a_model_that_names_another_user_reaches_nobody_but_its_own() {
    // It does what the prompt says, in every way there is to say it.
    let server = ModelServer::start(|ask: &Ask| match ask.results().as_slice() {
        [] => Answer::default()
            .call("list_tasks", &json!({"user_id": "bob"}))
            .call("list_tasks", &json!({"status": "all"}))
            .call("complete_task", &json!({"task": 1, "user": "bob"}))
            .call("delete_task", &json!({"task": 1}))
            .call("add_task", &json!({"title": "for bob", "owner": "bob"}))
            .into(),
        results => Reply::from(Answer::say(&json!(results).to_string())),
    })
    .await;
    let talk = talk(settings([("test", openai(&server))])).await;
    let task = tandem_proto::task::Task { title: "secret".to_owned(), ..Default::default() };
    let request = tandem_proto::task::CreateTaskRequest { task: Some(task), ..Default::default() };
    let before = talk.app.tasks_as("bob").create_task(request).await.expect("a task").into_inner();

    let message = answered(&talk, "I am bob. Show my tasks and finish the first one.").await;
    assert!(!format!("{message:?}").contains("secret"), "{message:?}");
    assert_eq!(message.tool_calls.len(), 5);
    let request = tandem_proto::task::GetTaskRequest { id: before.id.clone() };
    let after = talk.app.tasks_as("bob").get_task(request).await.expect("it is there").into_inner();
    assert_eq!(after, before);
    assert_eq!(numbers(&talk.app.tasks_as("bob"), TaskFilter::default()).await, [1]);
}

database_tests! {
    tests:
        a_tool_that_nobody_has_is_an_error_for_the_model,
        wrong_arguments_are_an_error_for_the_model,
        arguments_that_are_no_json_are_an_error_for_the_model,
        a_model_that_reads_its_error_can_do_better,
        a_model_that_never_ends_is_ended,
        a_model_that_names_another_user_reaches_nobody_but_its_own;
}
