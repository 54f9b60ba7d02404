//! Limits of a turn.

use std::sync::Arc;

use serde_json::json;
use tandem_llm::Model;
use tandem_proto::chat::turn_event::Event;
use tandem_proto::chat::{Message, ToolCallStatus, Turn, TurnState};
use tandem_proto::task::TaskFilter;
use tonic::Code;

use crate::support::controlled_model::{call, scripted, text};
use crate::support::refusal::{reason, refused};
use crate::support::tasks::numbers;
use crate::support::test_conversation::{TestConversation, ended_with, rest};

/// A model that adds `at_once` tasks in every call, without an end.
fn endless_model(at_once: usize) -> Arc<dyn Model> {
    scripted(move |prompt| {
        let done = prompt.entries.len();
        let add = |index| {
            let id = format!("{done}-{index}");
            call(&id, "add_task", json!({"title": format!("task {id}")}))
        };
        [text("More.")].into_iter().chain((0..at_once).map(add)).collect()
    })
}

/// Runs a turn into a limit; returns the turn and its incomplete answer.
async fn run_into_limit(conversation: &TestConversation) -> (Turn, Message) {
    let refusal = refused(conversation.send("go on for ever").await);
    assert_eq!(reason(&refusal), (Code::ResourceExhausted, "AGENT_LIMIT_REACHED".to_owned()));
    let messages = conversation.messages().await;
    let [_, kept] = &messages[..] else { panic!("the partial answer is stored: {messages:?}") };
    assert!(kept.incomplete);
    assert!(kept.tool_calls.iter().all(|it| it.status() == ToolCallStatus::Succeeded));
    let turn = conversation.turn(&kept.turn_id).await;
    assert_eq!(turn.state(), TurnState::Failed);
    assert_eq!(turn.error.as_ref().map(|it| it.reason.as_str()), Some("AGENT_LIMIT_REACHED"));
    let events = rest(conversation.follow(&turn.id, 0).await).await;
    assert!(matches!(events.last().and_then(|it| it.event.as_ref()), Some(Event::Failed(_))));
    assert_eq!(ended_with(&events), Some(kept));
    (turn, kept.clone())
}

async fn turn_ends_after_8_model_calls() {
    let conversation = TestConversation::with(endless_model(1)).await;
    let (turn, kept) = run_into_limit(&conversation).await;
    let usage = turn.usage.expect("usage");
    assert_eq!((usage.model_call_count, usage.tool_call_count), (8, 8));
    assert_eq!((kept.tool_calls.len(), kept.content.matches("More.").count()), (8, 8));
    let tasks = numbers(&conversation.app.tasks_as("alice"), TaskFilter::default()).await;
    assert_eq!(tasks, (1..=8).collect::<Vec<_>>());
}

async fn turn_ends_after_16_tool_calls() {
    let conversation = TestConversation::with(endless_model(5)).await;
    let (turn, kept) = run_into_limit(&conversation).await;
    let usage = turn.usage.expect("usage");
    assert_eq!((usage.model_call_count, usage.tool_call_count), (4, 16));
    assert_eq!(kept.tool_calls.len(), 16);
    let tasks = numbers(&conversation.app.tasks_as("alice"), TaskFilter::default()).await;
    assert_eq!(tasks, (1..=16).collect::<Vec<_>>());
}

async fn conversation_continues_afterwards() {
    let conversation = TestConversation::with(scripted(|prompt| {
        let calls = prompt.entries.len() < 17;
        let list = call(&prompt.entries.len().to_string(), "list_tasks", json!({}));
        if calls { vec![list] } else { vec![text("Enough.")] }
    }))
    .await;
    run_into_limit(&conversation).await;
    let answer = conversation.send("stop").await.expect("an answer").into_inner();
    assert_eq!(answer.assistant_message.expect("an answer").content, "Enough.");
}

database_tests! {
    tests:
        turn_ends_after_8_model_calls,
        turn_ends_after_16_tool_calls,
        conversation_continues_afterwards;
}
