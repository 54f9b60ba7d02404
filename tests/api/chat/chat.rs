//! `Chat`: sends a message and waits for the answer.

use std::collections::BTreeMap;

use serde_json::json;
use tandem_proto::chat::{ChatRequest, ToolCallStatus};
use tandem_proto::task::{ListTasksRequest, Priority, Task};
use tonic::Code;

use crate::support::app::{App, Start};
use crate::support::controlled_model::{scripted, text};
use crate::support::conversations::conversation_count;
use crate::support::json::{result, shown};
use crate::support::refusal::refused;
use crate::support::test_conversation::TestConversation;

/// Monday, 2 March 2026, 09:00 UTC.
const MONDAY: i64 = 1_772_442_000_000_000;

async fn tasks(app: &App, user: &str) -> Vec<Task> {
    let request = ListTasksRequest { order_by: "number".to_owned(), ..Default::default() };
    app.tasks_as(user).list_tasks(request).await.expect("a list").into_inner().tasks
}

async fn one_message_adds_and_lists_tasks() {
    let clock = tandem_clock::Clock::fixed(tandem_clock::Timestamp::from_micros(MONDAY));
    let app = App::start_with(Start { clock, ..Start::default() }).await;
    let message = "add buy milk tomorrow at 5pm with high priority, add call the dentist #health, \
                   then show my list";
    let request = ChatRequest { message: message.to_owned(), ..Default::default() };
    let answer = app.chat_as("alice").chat(request).await.expect("an answer").into_inner();

    let names = answer.tool_calls.iter().map(|call| call.name.as_str()).collect::<Vec<_>>();
    assert_eq!(names, ["add_task", "add_task", "list_tasks"]);
    assert!(answer.response.contains("buy milk") && answer.response.contains("call the dentist"));

    let tasks = tasks(&app, "alice").await;
    let [milk, dentist] = &tasks[..] else { panic!("exactly two tasks: {tasks:?}") };
    assert_eq!((milk.number, milk.title.as_str()), (1, "buy milk"));
    assert_eq!(milk.priority(), Priority::High);
    let tuesday_at_five = MONDAY / 1_000_000 + 32 * 60 * 60;
    assert_eq!(milk.due_time.as_ref().map(|due| due.seconds), Some(tuesday_at_five));
    assert_eq!((dentist.number, dentist.title.as_str()), (2, "call the dentist"));
    assert_eq!(
        (dentist.labels.as_slice(), &dentist.due_time),
        (["health".to_owned()].as_slice(), &None)
    );
}

async fn creates_and_continues_conversations() {
    let model = scripted(|prompt| vec![text(&format!("{} entries", prompt.entries.len()))]);
    let app = App::start_with(Start { model, ..Start::default() }).await;
    let mut chat = app.chat_as("alice");
    let hello = ChatRequest { message: "hello".to_owned(), ..Default::default() };
    let first = chat.chat(hello.clone()).await.expect("an answer").into_inner();
    assert_eq!(first.response, "1 entries");
    let conversation_id = first.conversation_id.clone();
    let second = ChatRequest { conversation_id, user_id: "alice".to_owned(), ..hello };
    let second = chat.chat(second).await.expect("an answer").into_inner();
    assert_eq!(second.response, "3 entries");
    assert_eq!(second.conversation_id, first.conversation_id);
    assert_ne!(second.turn_id, first.turn_id);
    assert_eq!(conversation_count(&chat).await, 1);
}

async fn refused_message_creates_nothing() {
    let app = App::start().await;
    let mut chat = app.chat_as("alice");
    let hello = ChatRequest { message: "hello".to_owned(), ..Default::default() };
    let zone = BTreeMap::from([("time_zone".to_owned(), "Mars/Olympus".to_owned())]);
    for (request, code) in [
        (
            ChatRequest { message: " \n\u{202e} ".to_owned(), ..hello.clone() },
            Code::InvalidArgument,
        ),
        (ChatRequest { message: "x".repeat(10_001), ..hello.clone() }, Code::InvalidArgument),
        (ChatRequest { model: "of-my-own".to_owned(), ..hello.clone() }, Code::InvalidArgument),
        (ChatRequest { metadata: zone, ..hello.clone() }, Code::InvalidArgument),
        (ChatRequest { user_id: "bob".to_owned(), ..hello }, Code::PermissionDenied),
    ] {
        assert_eq!(refused(chat.chat(request).await).code(), code);
    }
    assert_eq!(conversation_count(&chat).await, 0);
}

async fn response_includes_tool_calls() {
    let (conversation, mut model_calls) = TestConversation::controlled().await;
    let (mut chat, message) = (conversation.chat.clone(), "add milk".to_owned());
    let request = ChatRequest { message, ..Default::default() };
    let posted = tokio::spawn(async move { chat.chat(request).await });
    model_calls.next().await.call("1", "add_task", json!({"title": "milk"}));
    model_calls.next().await.answer("Added.");
    let answer = posted.await.expect("no panic").expect("an answer").into_inner();
    let [call] = &answer.tool_calls[..] else { panic!("one call: {answer:?}") };
    assert_eq!(shown(call), ("add_task", json!({"title": "milk"}), ToolCallStatus::Succeeded));
    assert_eq!(result(call)["title"], json!("milk"));
}

database_tests! {
    tests:
        one_message_adds_and_lists_tasks,
        creates_and_continues_conversations,
        refused_message_creates_nothing,
        response_includes_tool_calls;
}
