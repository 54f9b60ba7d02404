//! What the model is given.

use std::collections::BTreeMap;

use serde_json::json;
use tandem_chat::llm::Entry;
use tandem_proto::chat::{
    CreateMessageRequest, GetTurnRequest, ListMessagesRequest, Turn, TurnView,
};

use crate::app::Start;
use crate::hands::Hands;
use crate::puppet::puppet;
use crate::talk::{Talk, answer};

/// An entry in a line.
fn line(entry: &Entry) -> String {
    match entry {
        Entry::User(content) => format!("user: {content}"),
        Entry::Assistant { text, calls } if calls.is_empty() => format!("assistant: {text}"),
        Entry::Assistant { calls, .. } => format!("calls {}", calls[0].name),
        Entry::ToolResult { name, result, .. } => format!("{name}: {}", result["status"]),
    }
}

#[tokio::test]
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

#[tokio::test]
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

#[tokio::test]
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

#[tokio::test]
async fn the_full_view_of_a_turn_shows_what_the_model_was_given_when_it_was_asked_last() {
    let (talk, mut asks) = Talk::with_puppet().await;
    let posted = talk.post(talk.message("add milk"));
    asks.next().await.call("1", "add_task", json!({"title": "milk"}));
    let ask = asks.next().await;
    let given = ask.prompt.clone();
    let turn_id = talk.newest_turn().await;
    let running = full(&talk, &turn_id).await;
    ask.answer("Added.");
    answer(posted).await;
    let later = talk.post(talk.message("and now something else"));
    asks.next().await.answer("Yes?");
    answer(later).await;

    let shown = full(&talk, &turn_id).await.prompt;
    assert_eq!(shown, running.prompt, "what came later was not given");
    let roles = shown.iter().map(|entry| entry.role.as_str()).collect::<Vec<_>>();
    assert_eq!(roles, ["system", "user", "assistant", "tool"]);
    assert_eq!((&shown[0].content, shown[1].content.as_str()), (&given.system, "add milk"));
    assert_eq!((shown[2].tool_calls[0].name.as_str(), shown[2].tool_calls.len()), ("add_task", 1));
    assert!(shown[3].content.contains("\"created\""), "{:?}", shown[3]);
    assert!(talk.turn(&turn_id).await.prompt.is_empty(), "only the full view has it");
}

async fn full(talk: &Talk, id: &str) -> Turn {
    let request = GetTurnRequest { id: id.to_owned(), view: TurnView::Full.into() };
    talk.chat.clone().get_turn(request).await.expect("the turn").into_inner()
}
