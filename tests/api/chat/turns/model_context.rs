//! The prompt of the model.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tandem_llm::Entry;
use tandem_proto::chat::{CreateMessageRequest, ListMessagesRequest};
use tandem_proto::task::Task;

use crate::support::app::Start;
use crate::support::controlled_model::{Ask, puppet};
use crate::support::json::object;
use crate::support::manual_clock::Hands;
use crate::support::tasks::{create, create_as};
use crate::support::test_conversation::{Talk, answer};

/// An entry in a line.
fn line(entry: &Entry) -> String {
    match entry {
        Entry::User(content) => format!("user: {content}"),
        Entry::Assistant { text, calls } if calls.is_empty() => format!("assistant: {text}"),
        Entry::Assistant { calls, .. } => format!("calls {}", calls[0].name),
        Entry::ToolResult { name, result, .. } => format!("{name}: {}", result["status"]),
    }
}

async fn the_newest_twenty_messages_are_seen_and_none_before_them() {
    let (talk, mut asks) = Talk::with_puppet().await;
    // Each turn makes two messages: the last question is message 101.
    for number in (1..=99).step_by(2) {
        let posted = talk.post(talk.message(&format!("message {number}")));
        asks.next().await.answer(&format!("message {}", number + 1));
        answer(posted).await;
    }
    let posted = talk.post(talk.message("message 101"));
    let ask = asks.next().await;
    let seen = ask.prompt.entries.iter().map(line).collect::<Vec<_>>();
    let expected = (82..=101).map(|number| match number % 2 {
        0 => format!("assistant: message {number}"),
        _ => format!("user: message {number}"),
    });
    assert_eq!(seen, expected.collect::<Vec<_>>());
    ask.answer("message 102");
    assert_eq!(answer(posted).await.assistant_message.expect("an answer").sequence, 102);

    let request = ListMessagesRequest { conversation_id: talk.id.clone(), ..Default::default() };
    let page = talk.chat.clone().list_messages(request).await.expect("a page").into_inner();
    assert_eq!(page.messages.len(), 50, "the size of a page that nobody chose");
}

async fn the_tools_of_earlier_turns_are_remembered() {
    let (talk, mut asks) = Talk::with_puppet().await;
    let posted = talk.post(talk.message("add milk"));
    asks.next().await.call("1", "add_task", json!({"title": "milk"}));
    asks.next().await.answer("Added.");
    answer(posted).await;
    let posted = talk.post(talk.message("thanks"));
    let ask = asks.next().await;
    let seen = ask.prompt.entries.iter().map(line).collect::<Vec<_>>();
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
    ask.answer("Welcome.");
    answer(posted).await;
}

async fn the_prompt_has_the_tools_the_time_of_the_user_and_no_user() {
    let (model, mut asks) = puppet();
    let clock = Hands::new().clock();
    let talk = Talk::start(Start { model, clock, ..Start::default() }).await;
    let metadata = BTreeMap::from([("time_zone".to_owned(), "Asia/Tokyo".to_owned())]);
    let posted = talk.post(CreateMessageRequest { metadata, ..talk.message("hello") });
    let ask = asks.next().await;
    assert_eq!(ask.prompt.now.to_rfc3339(), "2026-03-02T18:00:00+09:00");
    assert!(ask.prompt.system.contains("Monday, 2 March 2026, 18:00"), "{}", ask.prompt.system);
    let names = ask.prompt.tools.iter().map(|tool| tool.name).collect::<Vec<_>>();
    assert_eq!(
        names,
        ["add_task", "list_tasks", "complete_task", "reopen_task", "update_task", "delete_task",]
    );
    assert!(ask.prompt.tools.iter().all(|it| !it.parameters.to_string().contains("user_id")));
    assert!(!format!("{:?}", ask.prompt).contains("alice"));
    ask.answer("Hello.");
    answer(posted).await;
}

/// What a tool answered, as the model gets to see it in its newest call.
pub(crate) fn shown(ask: &Ask) -> &Value {
    let result = ask.prompt.entries.iter().rev().find_map(|entry| match entry {
        Entry::ToolResult { result, .. } => Some(result),
        _ => None,
    });
    result.expect("a tool was called")
}

async fn a_huge_result_of_a_tool_is_shown_in_part_and_says_so() {
    let (talk, mut asks) = Talk::with_puppet().await;
    let tasks = talk.app.tasks_as("alice");
    for number in 1..=30 {
        let (title, description) = (format!("task {number}"), "x".repeat(9_000));
        create_as(&tasks, Task { title, description, ..Task::default() }).await;
    }
    let posted = talk.post(talk.message("list"));
    asks.next().await.call("1", "list_tasks", json!({"limit": 50}));
    let ask = asks.next().await;
    let first = &shown(&ask)["tasks"][0];
    assert_eq!((&shown(&ask)["status"], &first["title"]), (&json!("ok"), &json!("task 1")));
    let description = first["description"].as_str().expect("a description");
    assert!(description.ends_with("… [8000 more characters]"), "{}", &description[2000..]);
    assert!(shown(&ask).to_string().chars().count() <= 16_000);
    ask.answer("There they are.");
    // What is stored is whole.
    let stored = answer(posted).await.assistant_message.expect("an answer");
    let result = stored.tool_calls[0].result.as_ref().map(object).expect("a result");
    assert_eq!(result["tasks"][0]["description"], json!("x".repeat(9_000)));

    let posted = talk.post(talk.message("thanks"));
    let ask = asks.next().await;
    let length = shown(&ask).to_string().chars().count();
    assert!((500..=4_000).contains(&length), "shorter in later turns: {length}");
    ask.answer("Welcome.");
    answer(posted).await;
}

async fn a_list_that_is_shown_in_part_says_that_there_is_more() {
    let (model, mut asks) = puppet();
    let chat = |settings: &mut tandem_chat::Settings| settings.agent.tool_result_chars = 2_000;
    let talk = Talk::start(Start { model, chat, ..Start::default() }).await;
    let tasks = talk.app.tasks_as("alice");
    for number in 1..=40 {
        create(&tasks, &format!("task {number}")).await;
    }
    let posted = talk.post(talk.message("list"));
    asks.next().await.call("1", "list_tasks", json!({"limit": 50}));
    let ask = asks.next().await;
    let result = shown(&ask);
    let count = result["tasks"].as_array().map_or(0, Vec::len);
    assert!((5..40).contains(&count) && result.to_string().len() <= 2_000, "{count}");
    assert_eq!(result["more"], json!(true));
    assert_eq!(result["left_out"], json!(format!("{} items", 40 - count)));
    ask.answer("Some of them.");
    answer(posted).await;
}

async fn the_built_in_model_goes_by_what_it_was_shown_of_a_long_list() {
    let chat = |settings: &mut tandem_chat::Settings| settings.agent.tool_result_chars = 2_000;
    let talk = Talk::start(Start { chat, ..Start::default() }).await;
    let tasks = talk.app.tasks_as("alice");
    for number in 1..=40 {
        create(&tasks, &format!("errand {number}")).await;
    }
    let said = async |message: &str| {
        let answer = talk.say(message).await.expect("an answer").into_inner();
        answer.assistant_message.expect("an answer").content
    };
    let list = said("show my tasks").await;
    assert!(list.contains("errand 2") && !list.contains("errand 40"), "{list}");
    assert!(list.contains("more"), "it says that these are not all: {list}");
    let done = said("complete the second one").await;
    assert!(done.contains("Completed task 2"), "{done}");
}

database_tests! {
    tests:
        the_newest_twenty_messages_are_seen_and_none_before_them,
        the_tools_of_earlier_turns_are_remembered,
        the_prompt_has_the_tools_the_time_of_the_user_and_no_user,
        a_huge_result_of_a_tool_is_shown_in_part_and_says_so,
        a_list_that_is_shown_in_part_says_that_there_is_more,
        the_built_in_model_goes_by_what_it_was_shown_of_a_long_list;
}
