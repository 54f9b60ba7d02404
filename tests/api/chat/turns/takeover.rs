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
use crate::support::controlled_model::{Asks, puppet};
use crate::support::refusal::reason;
use crate::support::tasks::numbers;
use crate::support::test_conversation::{Talk, ended_with, next, rest};

/// A turn on a replica that is about to stop.
struct Leaving {
    talk: Talk,
    asks: Asks,
    replica: Replica,
    stream: Streaming<TurnEvent>,
    seen: Vec<TurnEvent>,
}

impl Leaving {
    async fn begin() -> Self {
        let (model, asks) = puppet();
        let chat = |settings: &mut tandem_chat::Settings| {
            settings.server.shutdown_timeout = HumanDuration::from_secs(1);
            // No lease runs out during a test: what is taken over was handed over.
            settings.agent.lease_duration = HumanDuration::from_secs(60);
        };
        let talk = Talk::start(Start { model, chat, ..Start::default() }).await;
        let replica = talk.app.chat_replica().await;
        let request = StreamMessageRequest {
            conversation_id: talk.id.clone(),
            content: "add milk and eggs".to_owned(),
            ..StreamMessageRequest::default()
        };
        let mut chat = talk.app.replica_as(&replica, "alice");
        let stream = chat.stream_message(request).await.expect("a stream").into_inner();
        let mut turn = Self { talk, asks, replica, stream, seen: Vec::new() };
        turn.see(1).await;
        turn
    }

    /// Reads the next events.
    async fn see(&mut self, count: usize) {
        for _ in 0..count {
            self.seen.push(next(&mut self.stream).await);
        }
    }

    /// Stops the replica; answers what is left, and all that was seen of the turn until then.
    async fn leave(mut self) -> (Talk, Asks, Vec<TurnEvent>) {
        self.replica.stop().await;
        loop {
            match self.stream.message().await {
                Ok(Some(event)) => self.seen.push(event),
                Ok(None) => panic!("the turn has not ended: {:?}", self.seen),
                Err(refusal) => {
                    let expected = (Code::Unavailable, "SHUTTING_DOWN".to_owned());
                    assert_eq!(reason(&refusal), expected);
                    return (self.talk, self.asks, self.seen);
                }
            }
        }
    }
}

/// Follows the turn to its end where it was cut off; checks that nothing is missing, and answers all
/// text in one.
async fn whole_text(talk: &Talk, mut seen: Vec<TurnEvent>) -> String {
    let last = seen.last().expect("it began").clone();
    seen.extend(rest(talk.follow(&last.turn_id, last.sequence).await).await);
    assert_eq!(seen, rest(talk.follow(&last.turn_id, 0).await).await, "joined as it is stored");
    let text = seen.iter().filter_map(|event| match &event.event {
        Some(Event::TextDelta(delta)) => Some(delta.text.as_str()),
        _ => None,
    });
    let text = text.collect::<String>();
    let message = ended_with(&seen).expect("an answer");
    assert_eq!(message.content, text, "the answer is what was streamed");
    assert_eq!(talk.turn(&last.turn_id).await.state(), TurnState::Completed);
    text
}

async fn a_model_that_says_the_same_again_is_not_heard_twice() {
    let mut turn = Leaving::begin().await;
    let ask = turn.asks.next().await;
    ask.text("Let me th");
    turn.see(1).await;
    let (talk, mut asks, seen) = turn.leave().await;
    ask.abandoned().await;

    let again = asks.next().await;
    assert_eq!(again.prompt.entries, ask.prompt.entries, "it is asked the same");
    assert_eq!(again.prompt.system, ask.prompt.system);
    for piece in ["Let", " me", " think", " about it."] {
        again.text(piece);
    }
    drop(again);
    assert_eq!(whole_text(&talk, seen).await, "Let me think about it.");
    assert!(asks.is_empty());
}

async fn a_model_that_says_something_else_begins_a_paragraph() {
    let mut turn = Leaving::begin().await;
    let ask = turn.asks.next().await;
    ask.text("Let me th");
    turn.see(1).await;
    let (talk, mut asks, seen) = turn.leave().await;
    asks.next().await.answer("Lettuce?");
    assert_eq!(whole_text(&talk, seen).await, "Let me th\n\nLettuce?");
    assert_eq!(talk.messages().await.len(), 2);
}

async fn a_turn_that_was_taken_over_can_be_cancelled() {
    let mut turn = Leaving::begin().await;
    let ask = turn.asks.next().await;
    ask.text("I add");
    turn.see(1).await;
    let (talk, mut asks, seen) = turn.leave().await;
    let again = asks.next().await;
    let request = CancelTurnRequest { id: seen[0].turn_id.clone() };
    let cancelled = talk.chat.clone().cancel_turn(request).await.expect("an answer").into_inner();
    assert_eq!(cancelled.state(), TurnState::Cancelled);
    again.abandoned().await;
    let message = talk.messages().await.pop().expect("what was written");
    assert_eq!((message.content.as_str(), message.incomplete), ("I add", true));
}

async fn calls_that_were_made_are_not_made_again_and_those_left_are() {
    let mut turn = Leaving::begin().await;
    let ask = turn.asks.next().await;
    ask.text("I add both.");
    ask.call("a", "add_task", json!({"title": "milk"}));
    drop(ask);
    turn.see(3).await;
    let ask = turn.asks.next().await;
    ask.text("Now");
    turn.see(1).await;
    let (talk, mut asks, seen) = turn.leave().await;

    let again = asks.next().await;
    assert_eq!(again.prompt.entries, ask.prompt.entries, "the call and its result are known");
    assert!(matches!(again.prompt.entries.last(), Some(Entry::ToolResult { .. })));
    again.call("a", "add_task", json!({"title": "eggs"}));
    drop(again);
    asks.next().await.answer("Both are there.");
    assert_eq!(whole_text(&talk, seen).await, "I add both.\n\nNow\n\nBoth are there.");
    assert_eq!(numbers(&talk.app.tasks_as("alice"), TaskFilter::default()).await, [1, 2]);
    let message = talk.messages().await.pop().expect("the answer");
    let ids = message.tool_calls.iter().map(|call| call.id.as_str());
    assert_eq!(ids.collect::<Vec<_>>(), ["a", "call_2"], "an id is not used twice");
    let usage = talk.turn(&message.turn_id).await.usage.expect("usage");
    assert_eq!((usage.model_call_count, usage.tool_call_count), (3, 2));
}

database_tests! {
    tests:
        a_model_that_says_the_same_again_is_not_heard_twice,
        a_model_that_says_something_else_begins_a_paragraph,
        a_turn_that_was_taken_over_can_be_cancelled,
        calls_that_were_made_are_not_made_again_and_those_left_are;
}
