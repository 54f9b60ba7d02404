//! Turns of a replica that stops: another replica resumes them from the journal. The fault tests kill
//! processes instead.

use serde_json::json;
use tandem_config::HumanDuration;
use tandem_llm::Entry;
use tandem_proto::chat::turn_event::Event;
use tandem_proto::chat::{CancelTurnRequest, StreamMessageRequest, TurnEvent, TurnState};
use tandem_proto::task::TaskFilter;
use tonic::{Code, Streaming};

use crate::support::app::{Replica, Start};
use crate::support::controlled_model::{ModelCalls, controlled_model};
use crate::support::refusal::reason;
use crate::support::tasks::numbers;
use crate::support::test_conversation::{TestConversation, ended_with, next, rest};

/// A turn on a replica that is about to stop.
struct HandedOverTurn {
    conversation: TestConversation,
    model_calls: ModelCalls,
    replica: Replica,
    stream: Streaming<TurnEvent>,
    seen: Vec<TurnEvent>,
}

impl HandedOverTurn {
    async fn begin() -> Self {
        let (model, model_calls) = controlled_model();
        let chat = |settings: &mut tandem_chat::Settings| {
            settings.server.shutdown_timeout = HumanDuration::from_secs(1);
            // No lease expires during a test: the turn is handed over.
            settings.agent.lease_duration = HumanDuration::from_secs(60);
        };
        let conversation = TestConversation::start(Start { model, chat, ..Start::default() }).await;
        let replica = conversation.app.chat_replica().await;
        let request = StreamMessageRequest {
            conversation_id: conversation.id.clone(),
            content: "add milk and eggs".to_owned(),
            ..StreamMessageRequest::default()
        };
        let mut chat = conversation.app.replica_as(&replica, "alice");
        let stream = chat.stream_message(request).await.expect("a stream").into_inner();
        let mut turn = Self { conversation, model_calls, replica, stream, seen: Vec::new() };
        turn.read(1).await;
        turn
    }

    /// Reads the next events.
    async fn read(&mut self, count: usize) {
        for _ in 0..count {
            self.seen.push(next(&mut self.stream).await);
        }
    }

    /// Stops the replica; returns the conversation, its model calls and all events seen until then.
    async fn hand_over(mut self) -> (TestConversation, ModelCalls, Vec<TurnEvent>) {
        self.replica.stop().await;
        loop {
            match self.stream.message().await {
                Ok(Some(event)) => self.seen.push(event),
                Ok(None) => panic!("the turn has not ended: {:?}", self.seen),
                Err(refusal) => {
                    let expected = (Code::Unavailable, "SHUTTING_DOWN".to_owned());
                    assert_eq!(reason(&refusal), expected);
                    return (self.conversation, self.model_calls, self.seen);
                }
            }
        }
    }
}

/// Follows the turn from the last seen event to its end, checks that nothing is missing, and returns its
/// text.
async fn whole_text(conversation: &TestConversation, mut seen: Vec<TurnEvent>) -> String {
    let last = seen.last().expect("an event").clone();
    seen.extend(rest(conversation.follow(&last.turn_id, last.sequence).await).await);
    assert_eq!(
        seen,
        rest(conversation.follow(&last.turn_id, 0).await).await,
        "the joined events are the stored ones"
    );
    let text = seen.iter().filter_map(|event| match &event.event {
        Some(Event::TextDelta(delta)) => Some(delta.text.as_str()),
        _ => None,
    });
    let text = text.collect::<String>();
    let message = ended_with(&seen).expect("an answer");
    assert_eq!(message.content, text, "the answer is what was streamed");
    assert_eq!(conversation.turn(&last.turn_id).await.state(), TurnState::Completed);
    text
}

async fn repeated_text_is_not_sent_twice() {
    let mut turn = HandedOverTurn::begin().await;
    let model_call = turn.model_calls.next().await;
    model_call.text("Let me th");
    turn.read(1).await;
    let (conversation, mut model_calls, seen) = turn.hand_over().await;
    model_call.abandoned().await;

    let again = model_calls.next().await;
    assert_eq!(again.prompt.entries, model_call.prompt.entries, "the prompt is the same");
    assert_eq!(again.prompt.system, model_call.prompt.system);
    for piece in ["Let", " me", " think", " about it."] {
        again.text(piece);
    }
    drop(again);
    assert_eq!(whole_text(&conversation, seen).await, "Let me think about it.");
    assert!(model_calls.is_empty());
}

async fn different_text_starts_a_paragraph() {
    let mut turn = HandedOverTurn::begin().await;
    let model_call = turn.model_calls.next().await;
    model_call.text("Let me th");
    turn.read(1).await;
    let (conversation, mut model_calls, seen) = turn.hand_over().await;
    model_calls.next().await.answer("Lettuce?");
    assert_eq!(whole_text(&conversation, seen).await, "Let me th\n\nLettuce?");
    assert_eq!(conversation.messages().await.len(), 2);
}

async fn taken_over_turn_can_be_cancelled() {
    let mut turn = HandedOverTurn::begin().await;
    let model_call = turn.model_calls.next().await;
    model_call.text("I add");
    turn.read(1).await;
    let (conversation, mut model_calls, seen) = turn.hand_over().await;
    let again = model_calls.next().await;
    let request = CancelTurnRequest { id: seen[0].turn_id.clone() };
    let cancelled =
        conversation.chat.clone().cancel_turn(request).await.expect("an answer").into_inner();
    assert_eq!(cancelled.state(), TurnState::Cancelled);
    again.abandoned().await;
    let message = conversation.messages().await.pop().expect("the partial answer");
    assert_eq!((message.content.as_str(), message.incomplete), ("I add", true));
}

async fn completed_calls_are_not_repeated() {
    let mut turn = HandedOverTurn::begin().await;
    let model_call = turn.model_calls.next().await;
    model_call.text("I add both.");
    model_call.call("a", "add_task", json!({"title": "milk"}));
    drop(model_call);
    turn.read(3).await;
    let model_call = turn.model_calls.next().await;
    model_call.text("Now");
    turn.read(1).await;
    let (conversation, mut model_calls, seen) = turn.hand_over().await;

    let again = model_calls.next().await;
    assert_eq!(
        again.prompt.entries, model_call.prompt.entries,
        "the prompt has the call and its result"
    );
    assert!(matches!(again.prompt.entries.last(), Some(Entry::ToolResult { .. })));
    again.call("a", "add_task", json!({"title": "eggs"}));
    drop(again);
    model_calls.next().await.answer("Both are there.");
    assert_eq!(whole_text(&conversation, seen).await, "I add both.\n\nNow\n\nBoth are there.");
    assert_eq!(numbers(&conversation.app.tasks_as("alice"), TaskFilter::default()).await, [1, 2]);
    let message = conversation.messages().await.pop().expect("the answer");
    let ids = message.tool_calls.iter().map(|call| call.id.as_str());
    assert_eq!(ids.collect::<Vec<_>>(), ["a", "call_2"], "an id is not used twice");
    let usage = conversation.turn(&message.turn_id).await.usage.expect("usage");
    assert_eq!((usage.model_call_count, usage.tool_call_count), (3, 2));
}

database_tests! {
    tests:
        repeated_text_is_not_sent_twice,
        different_text_starts_a_paragraph,
        taken_over_turn_can_be_cancelled,
        completed_calls_are_not_repeated;
}
