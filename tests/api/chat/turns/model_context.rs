//! The prompt of the model.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tandem_llm::Entry;
use tandem_proto::chat::{CreateMessageRequest, ListMessagesRequest};
use tandem_proto::task::Task;

use crate::support::app::Start;
use crate::support::controlled_model::{ModelCall, controlled_model};
use crate::support::json::object;
use crate::support::manual_clock::ManualClock;
use crate::support::tasks::{create, create_as};
use crate::support::test_conversation::{TestConversation, answer};

/// An entry as one line.
fn describe(entry: &Entry) -> String {
    match entry {
        Entry::User(content) => format!("user: {content}"),
        Entry::Assistant { text, calls } if calls.is_empty() => format!("assistant: {text}"),
        Entry::Assistant { calls, .. } => format!("calls {}", calls[0].name),
        Entry::ToolResult { name, result, .. } => format!("{name}: {}", result["status"]),
    }
}

async fn prompt_has_the_newest_20_messages() {
    let (conversation, mut model_calls) = TestConversation::controlled().await;
    // Each turn has two messages: the last question is message 101.
    for number in (1..=99).step_by(2) {
        let posted = conversation.post(conversation.message(&format!("message {number}")));
        model_calls.next().await.answer(&format!("message {}", number + 1));
        answer(posted).await;
    }
    let posted = conversation.post(conversation.message("message 101"));
    let model_call = model_calls.next().await;
    let seen = model_call.prompt.entries.iter().map(describe).collect::<Vec<_>>();
    let expected = (82..=101).map(|number| match number % 2 {
        0 => format!("assistant: message {number}"),
        _ => format!("user: message {number}"),
    });
    assert_eq!(seen, expected.collect::<Vec<_>>());
    model_call.answer("message 102");
    assert_eq!(answer(posted).await.assistant_message.expect("an answer").sequence, 102);

    let request =
        ListMessagesRequest { conversation_id: conversation.id.clone(), ..Default::default() };
    let page = conversation.chat.clone().list_messages(request).await.expect("a page").into_inner();
    assert_eq!(page.messages.len(), 50, "the default page size");
}

async fn prompt_has_earlier_tool_calls() {
    let (conversation, mut model_calls) = TestConversation::controlled().await;
    let posted = conversation.post(conversation.message("add milk"));
    model_calls.next().await.call("1", "add_task", json!({"title": "milk"}));
    model_calls.next().await.answer("Added.");
    answer(posted).await;
    let posted = conversation.post(conversation.message("thanks"));
    let model_call = model_calls.next().await;
    let seen = model_call.prompt.entries.iter().map(describe).collect::<Vec<_>>();
    assert_eq!(
        seen,
        [
            "user: add milk",
            "calls add_task",
            "add_task: \"created\"",
            "assistant: Added.",
            "user: thanks",
        ]
    );
    model_call.answer("Welcome.");
    answer(posted).await;
}

async fn prompt_has_tools_and_time_no_user() {
    let (model, mut model_calls) = controlled_model();
    let clock = ManualClock::new().clock();
    let conversation = TestConversation::start(Start { model, clock, ..Start::default() }).await;
    let metadata = BTreeMap::from([("time_zone".to_owned(), "Asia/Tokyo".to_owned())]);
    let posted =
        conversation.post(CreateMessageRequest { metadata, ..conversation.message("hello") });
    let model_call = model_calls.next().await;
    assert_eq!(model_call.prompt.now.to_rfc3339(), "2026-03-02T18:00:00+09:00");
    assert!(
        model_call.prompt.system.contains("Monday, 2 March 2026, 18:00"),
        "{}",
        model_call.prompt.system
    );
    let names = model_call.prompt.tools.iter().map(|tool| tool.name).collect::<Vec<_>>();
    assert_eq!(
        names,
        ["add_task", "list_tasks", "complete_task", "reopen_task", "update_task", "delete_task",]
    );
    assert!(
        model_call.prompt.tools.iter().all(|it| !it.parameters.to_string().contains("user_id"))
    );
    assert!(!format!("{:?}", model_call.prompt).contains("alice"));
    model_call.answer("Hello.");
    answer(posted).await;
}

/// The newest tool result in the prompt of a model call.
pub(crate) fn shown(model_call: &ModelCall) -> &Value {
    let result = model_call.prompt.entries.iter().rev().find_map(|entry| match entry {
        Entry::ToolResult { result, .. } => Some(result),
        _ => None,
    });
    result.expect("a tool was called")
}

async fn huge_tool_result_is_truncated() {
    let (conversation, mut model_calls) = TestConversation::controlled().await;
    let tasks = conversation.app.tasks_as("alice");
    for number in 1..=30 {
        let (title, description) = (format!("task {number}"), "x".repeat(9_000));
        create_as(&tasks, Task { title, description, ..Task::default() }).await;
    }
    let posted = conversation.post(conversation.message("list"));
    model_calls.next().await.call("1", "list_tasks", json!({"limit": 50}));
    let model_call = model_calls.next().await;
    let first = &shown(&model_call)["tasks"][0];
    assert_eq!((&shown(&model_call)["status"], &first["title"]), (&json!("ok"), &json!("task 1")));
    let description = first["description"].as_str().expect("a description");
    assert!(description.ends_with("… [8000 more characters]"), "{}", &description[2000..]);
    assert!(shown(&model_call).to_string().chars().count() <= 16_000);
    model_call.answer("There they are.");
    // The stored result is complete.
    let stored = answer(posted).await.assistant_message.expect("an answer");
    let result = stored.tool_calls[0].result.as_ref().map(object).expect("a result");
    assert_eq!(result["tasks"][0]["description"], json!("x".repeat(9_000)));

    let posted = conversation.post(conversation.message("thanks"));
    let model_call = model_calls.next().await;
    let length = shown(&model_call).to_string().chars().count();
    assert!((500..=4_000).contains(&length), "shorter in later turns: {length}");
    model_call.answer("Welcome.");
    answer(posted).await;
}

async fn truncated_list_is_marked() {
    let (model, mut model_calls) = controlled_model();
    let chat = |settings: &mut tandem_chat::Settings| settings.agent.tool_result_chars = 2_000;
    let conversation = TestConversation::start(Start { model, chat, ..Start::default() }).await;
    let tasks = conversation.app.tasks_as("alice");
    for number in 1..=40 {
        create(&tasks, &format!("task {number}")).await;
    }
    let posted = conversation.post(conversation.message("list"));
    model_calls.next().await.call("1", "list_tasks", json!({"limit": 50}));
    let model_call = model_calls.next().await;
    let result = shown(&model_call);
    let count = result["tasks"].as_array().map_or(0, Vec::len);
    assert!((5..40).contains(&count) && result.to_string().len() <= 2_000, "{count}");
    assert_eq!(result["more"], json!(true));
    assert_eq!(result["left_out"], json!(format!("{} items", 40 - count)));
    model_call.answer("Some of them.");
    answer(posted).await;
}

async fn builtin_uses_the_truncated_list() {
    let chat = |settings: &mut tandem_chat::Settings| settings.agent.tool_result_chars = 2_000;
    let conversation = TestConversation::start(Start { chat, ..Start::default() }).await;
    let tasks = conversation.app.tasks_as("alice");
    for number in 1..=40 {
        create(&tasks, &format!("errand {number}")).await;
    }
    let answer_to = async |message: &str| {
        let answer = conversation.send(message).await.expect("an answer").into_inner();
        answer.assistant_message.expect("an answer").content
    };
    let list = answer_to("show my tasks").await;
    assert!(list.contains("errand 2") && !list.contains("errand 40"), "{list}");
    assert!(list.contains("more"), "the list is marked as incomplete: {list}");
    let done = answer_to("complete the second one").await;
    assert!(done.contains("Completed task 2"), "{done}");
}

database_tests! {
    tests:
        prompt_has_the_newest_20_messages,
        prompt_has_earlier_tool_calls,
        prompt_has_tools_and_time_no_user,
        huge_tool_result_is_truncated,
        truncated_list_is_marked,
        builtin_uses_the_truncated_list;
}
