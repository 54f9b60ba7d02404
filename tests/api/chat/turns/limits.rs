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
use crate::support::test_conversation::{Talk, ended_with, rest};

/// A model that adds so many tasks at every call, for ever.
fn restless(at_once: usize) -> Arc<dyn Model> {
    scripted(move |prompt| {
        let done = prompt.entries.len();
        let add = |index| {
            let id = format!("{done}-{index}");
            call(&id, "add_task", json!({"title": format!("task {id}")}))
        };
        [text("More.")].into_iter().chain((0..at_once).map(add)).collect()
    })
}

/// Lets a model work until it is stopped: the turn then, and what is kept of the answer.
async fn exhaust(talk: &Talk) -> (Turn, Message) {
    let refusal = refused(talk.say("go on for ever").await);
    assert_eq!(reason(&refusal), (Code::ResourceExhausted, "AGENT_LIMIT_REACHED".to_owned()));
    let messages = talk.messages().await;
    let [_, kept] = &messages[..] else { panic!("what was done is kept: {messages:?}") };
    assert!(kept.incomplete);
    assert!(kept.tool_calls.iter().all(|it| it.status() == ToolCallStatus::Succeeded));
    let turn = talk.turn(&kept.turn_id).await;
    assert_eq!(turn.state(), TurnState::Failed);
    assert_eq!(turn.error.as_ref().map(|it| it.reason.as_str()), Some("AGENT_LIMIT_REACHED"));
    let events = rest(talk.follow(&turn.id, 0).await).await;
    assert!(matches!(events.last().and_then(|it| it.event.as_ref()), Some(Event::Failed(_))));
    assert_eq!(ended_with(&events), Some(kept));
    (turn, kept.clone())
}

async fn eight_calls_to_the_model_are_enough_and_what_was_done_is_kept() {
    let talk = Talk::with(restless(1)).await;
    let (turn, kept) = exhaust(&talk).await;
    let usage = turn.usage.expect("what it took");
    assert_eq!((usage.model_call_count, usage.tool_call_count), (8, 8));
    assert_eq!((kept.tool_calls.len(), kept.content.matches("More.").count()), (8, 8));
    let tasks = numbers(&talk.app.tasks_as("alice"), TaskFilter::default()).await;
    assert_eq!(tasks, (1..=8).collect::<Vec<_>>());
}

async fn sixteen_tool_calls_are_enough_and_the_seventeenth_is_not_made() {
    let talk = Talk::with(restless(5)).await;
    let (turn, kept) = exhaust(&talk).await;
    let usage = turn.usage.expect("what it took");
    assert_eq!((usage.model_call_count, usage.tool_call_count), (4, 16));
    assert_eq!(kept.tool_calls.len(), 16);
    let tasks = numbers(&talk.app.tasks_as("alice"), TaskFilter::default()).await;
    assert_eq!(tasks, (1..=16).collect::<Vec<_>>());
}

async fn a_conversation_goes_on_after_a_limit() {
    let talk = Talk::with(scripted(|prompt| {
        let calls = prompt.entries.len() < 17;
        let list = call(&prompt.entries.len().to_string(), "list_tasks", json!({}));
        if calls { vec![list] } else { vec![text("Enough.")] }
    }))
    .await;
    exhaust(&talk).await;
    let answer = talk.say("stop").await.expect("an answer").into_inner();
    assert_eq!(answer.assistant_message.expect("an answer").content, "Enough.");
}

database_tests! {
    tests:
        eight_calls_to_the_model_are_enough_and_what_was_done_is_kept,
        sixteen_tool_calls_are_enough_and_the_seventeenth_is_not_made,
        a_conversation_goes_on_after_a_limit;
}
