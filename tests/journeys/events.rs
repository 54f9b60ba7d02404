//! Following a turn event by event.

use serde_json::json;
use tandem_proto::chat::turn_event::Event;
use tandem_proto::chat::{StreamMessageRequest, TurnEvent};
use tonic::Streaming;

use crate::app::Start;
use crate::puppet::{Asks, call, newest, scripted, text};
use crate::talk::{Talk, next, rest};

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
async fn play(
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

#[tokio::test]
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

#[tokio::test]
async fn cut_after_any_event_and_followed_on_the_whole_is_the_same() {
    let (talk, mut asks) = Talk::with_puppet().await;
    let mut followers = Vec::new();
    let events = play(&talk, &mut asks, async |event| {
        // One that was cut off just here, and one that begins late and wants everything.
        followers.push((event.sequence, talk.follow(&event.turn_id, event.sequence).await));
        followers.push((0, talk.follow(&event.turn_id, 0).await));
    })
    .await;
    let behind = |after: i64| events.iter().filter(move |it| it.sequence > after).cloned();
    for (after, follower) in followers {
        assert_eq!(rest(follower).await, behind(after).collect::<Vec<_>>(), "live behind {after}");
    }
    for after in 0..=8 {
        let follower = talk.follow(&events[0].turn_id, after).await;
        assert_eq!(rest(follower).await, behind(after).collect::<Vec<_>>(), "later behind {after}");
    }
}

#[tokio::test]
async fn behind_the_end_there_is_an_empty_stream_that_ends() {
    let talk = Talk::with(scripted(|_| vec![text("Hello.")])).await;
    let events = rest(talk.stream("hello").await).await;
    let last = events.last().expect("an end").clone();
    for after in [last.sequence, last.sequence + 1, i64::MAX] {
        assert!(rest(talk.follow(&last.turn_id, after).await).await.is_empty());
    }
}

#[tokio::test]
async fn a_stream_that_is_posted_again_is_the_same_stream() {
    let talk = Talk::with(scripted(|prompt| vec![text(newest(prompt))])).await;
    let request = StreamMessageRequest {
        conversation_id: talk.id.clone(),
        content: "hello".to_owned(),
        request_id: "once".to_owned(),
        ..Default::default()
    };
    let mut chat = talk.chat.clone();
    let first = chat.stream_message(request.clone()).await.expect("a stream").into_inner();
    let first = rest(first).await;
    let again = chat.stream_message(request).await.expect("a stream").into_inner();
    assert_eq!(rest(again).await, first);
    assert_eq!(talk.messages().await.len(), 2);
}

#[tokio::test]
async fn a_turn_of_a_thousand_events_is_followed_whole() {
    let model = scripted(|prompt| match prompt.entries.len() {
        1 => (0..500).map(|id| call(&id.to_string(), "no_such_tool", json!({}))).collect(),
        _ => vec![text("That was a lot.")],
    });
    let chat = |settings: &mut tandem_chat::Settings| settings.agent.tool_calls = 500;
    let talk = Talk::start(Start { model, chat, ..Start::default() }).await;
    let events = rest(talk.stream("hello").await).await;
    let sequences = events.iter().map(|event| event.sequence).collect::<Vec<_>>();
    assert_eq!(sequences, (1..=1003).collect::<Vec<_>>());
    assert_eq!(rest(talk.follow(&events[0].turn_id, 0).await).await, events);
}
