//! `StreamMessage`: a turn event by event.

use serde_json::json;
use tandem_proto::chat::TurnEvent;
use tandem_proto::chat::turn_event::Event;
use tonic::Streaming;

use crate::support::controlled_model::Asks;
use crate::support::test_conversation::{Talk, next, rest};

/// An event in a word or two.
fn line(event: &TurnEvent) -> String {
    let name = |call: &Option<tandem_proto::chat::ToolCall>| {
        call.as_ref().map(|call| call.name.clone()).unwrap_or_default()
    };
    match event.event.as_ref().expect("something happened") {
        Event::Started(it) => format!("started {}", it.model),
        Event::TextDelta(it) => format!("text {:?}", it.text),
        Event::ToolCallStarted(it) => format!("calls {}", name(&it.tool_call)),
        Event::ToolCallFinished(it) => format!("called {}", name(&it.tool_call)),
        Event::MessageCompleted(_) => "completed".to_owned(),
        Event::Failed(_) => "failed".to_owned(),
        Event::Cancelled(_) => "cancelled".to_owned(),
    }
}

fn is_end(event: &TurnEvent) -> bool {
    matches!(event.event, Some(Event::MessageCompleted(_) | Event::Failed(_) | Event::Cancelled(_)))
}

/// Plays a turn with text, a tool, and text again, and hands each event to `seen` before the next can
/// happen.
pub(crate) async fn play(
    talk: &Talk,
    asks: &mut Asks,
    mut seen: impl AsyncFnMut(&TurnEvent),
) -> Vec<TurnEvent> {
    let mut stream = talk.stream("add milk").await;
    let mut events = Vec::new();
    let mut expect = async |stream: &mut Streaming<TurnEvent>, expected: &str| {
        let event = next(stream).await;
        assert_eq!(line(&event), expected);
        seen(&event).await;
        events.push(event);
    };
    expect(&mut stream, "started puppet").await;
    let ask = asks.next().await;
    for (piece, delta) in [("I add", "text \"I add\""), (" it.", "text \" it.\"")] {
        ask.text(piece);
        expect(&mut stream, delta).await;
    }
    ask.call("1", "add_task", json!({"title": "milk"}));
    drop(ask);
    expect(&mut stream, "calls add_task").await;
    expect(&mut stream, "called add_task").await;
    let ask = asks.next().await;
    ask.text("Added");
    expect(&mut stream, "text \"\\n\\nAdded\"").await;
    ask.text(" it: ☑");
    expect(&mut stream, "text \" it: ☑\"").await;
    drop(ask);
    expect(&mut stream, "completed").await;
    assert!(rest(stream).await.is_empty(), "nothing comes behind the end");
    events
}

async fn each_event_is_seen_as_it_happens_and_the_deltas_add_up_to_the_answer() {
    let (talk, mut asks) = Talk::with_puppet().await;
    let events = play(&talk, &mut asks, async |_| {}).await;
    let sequences = events.iter().map(|event| event.sequence).collect::<Vec<_>>();
    assert_eq!(sequences, (1..=8).collect::<Vec<_>>());
    assert!(events.iter().all(|it| it.turn_id == events[0].turn_id && it.event_time.is_some()));
    assert_eq!(events.iter().filter(|event| is_end(event)).count(), 1);

    let [Some(Event::Started(started)), .., Some(Event::MessageCompleted(completed))] =
        &events.iter().map(|it| it.event.clone()).collect::<Vec<_>>()[..]
    else {
        panic!("from started to completed: {events:?}")
    };
    let answer = completed.assistant_message.clone().expect("the answer");
    let deltas = events.iter().filter_map(|event| match &event.event {
        Some(Event::TextDelta(delta)) => Some(delta.text.as_str()),
        _ => None,
    });
    assert_eq!(deltas.collect::<String>(), answer.content);
    assert_eq!(started.conversation_id, talk.id);
    let question = started.user_message.clone().expect("the message");
    assert_eq!(talk.messages().await, [question, answer.clone()]);

    let Some(Event::ToolCallStarted(started)) = &events[3].event else { panic!("{events:?}") };
    let Some(Event::ToolCallFinished(finished)) = &events[4].event else { panic!("{events:?}") };
    assert_eq!(started.tool_call.as_ref().and_then(|call| call.result.as_ref()), None);
    assert_eq!(finished.tool_call.as_ref(), answer.tool_calls.first());
    assert_eq!(talk.turn(&events[0].turn_id).await.last_sequence, 8);
}

database_tests! {
    tests:
        each_event_is_seen_as_it_happens_and_the_deltas_add_up_to_the_answer;
}
