//! Tools act for the user of the conversation, whatever the model asks for.

use serde_json::{Value, json};
use tandem_llm::{Chunk, Entry};
use tandem_proto::chat::ToolCallStatus;
use tandem_task_tools::Toolbox;
use uuid::Uuid;

use super::{add, say, tasks};
use crate::support::app::{App, Start};
use crate::support::{controlled_model as puppet, json};

/// A system whose model does what it is told: a message is the calls to make, `[[tool, arguments], …]`.
async fn obedient() -> App {
    let model = puppet::scripted(|prompt| match prompt.entries.last() {
        Some(Entry::User(text)) => calls(text),
        _ => vec![puppet::text("Done.")],
    });
    App::start_with(Start { model, ..Start::default() }).await
}

fn calls(text: &str) -> Vec<Chunk> {
    let calls: Vec<(String, Value)> = serde_json::from_str(text).expect("calls");
    let numbered = calls.into_iter().enumerate();
    numbered
        .map(|(id, (name, arguments))| puppet::call(&id.to_string(), &name, arguments))
        .collect()
}

/// What the tools answer when a user has them called.
async fn results(app: &App, user: &str, calls: &[(&str, Value)]) -> Vec<Value> {
    let message = serde_json::to_string(calls).expect("JSON");
    let answer = app.chat_as(user).chat(say(&message, "")).await.expect("an answer").into_inner();
    assert_eq!(answer.tool_calls.len(), calls.len());
    assert!(answer.tool_calls.iter().all(|call| call.status() == ToolCallStatus::Failed));
    answer.tool_calls.iter().filter_map(|call| call.result.as_ref()).map(json::object).collect()
}

/// A call of every tool that takes a task, for each way of naming it.
fn of_each(names: [Value; 2]) -> Vec<(&'static str, Value)> {
    let of = |task: &Value| {
        [
            ("complete_task", json!({"task": task})),
            ("reopen_task", json!({"task": task})),
            ("update_task", json!({"task": task, "title": "stolen"})),
            ("delete_task", json!({"task": task})),
        ]
    };
    names.iter().flat_map(of).collect()
}

async fn a_tool_answers_the_same_for_anothers_task_and_for_none() {
    let app = obedient().await;
    add(&app, "alice", "pay Zimmer").await;
    let second = add(&app, "alice", "ask Zimmer").await;
    add(&app, "bob", "mow the lawn").await;
    let before = (tasks(&app, "alice").await, tasks(&app, "bob").await);

    let alices = of_each([json!(second.number), json!(second.id)]);
    let nobodys = of_each([json!(77), json!(Uuid::now_v7().to_string())]);
    let alices = results(&app, "bob", &alices).await;
    assert_eq!(alices, results(&app, "bob", &nobodys).await);
    for result in &alices {
        assert_eq!(result["code"], "PERMISSION_DENIED");
        assert_eq!(result["suggestions"], json!([{"number": 1, "title": "mow the lawn"}]));
    }
    assert_eq!((tasks(&app, "alice").await, tasks(&app, "bob").await), before);
}

async fn no_tool_takes_a_user() {
    let app = obedient().await;
    add(&app, "alice", "pay Zimmer").await;
    for spec in Toolbox::list_tools() {
        let fields = ["user", "user_id", "owner", "sub"];
        let call = |field: &str| (spec.name, json!({"title": "x", "task": 1, field: "alice"}));
        for (result, field) in results(&app, "bob", &fields.map(call)).await.iter().zip(fields) {
            let message = result["message"].as_str().unwrap_or_default();
            assert_eq!(result["code"], "INVALID_ARGUMENT");
            assert!(message.contains(&format!("'{field}'")), "{}: {message}", spec.name);
        }
    }
}

database_tests! {
    tests:
        a_tool_answers_the_same_for_anothers_task_and_for_none,
        no_tool_takes_a_user;
}
