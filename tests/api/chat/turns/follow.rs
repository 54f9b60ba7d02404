//! `FollowTurn`: the rest of a turn after an event.

use serde_json::json;

use crate::chat::stream_message::play;
use crate::support::app::Start;
use crate::support::controlled_model::{call, scripted, text};
use crate::support::test_conversation::{Talk, rest};

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

async fn behind_the_end_there_is_an_empty_stream_that_ends() {
    let talk = Talk::with(scripted(|_| vec![text("Hello.")])).await;
    let events = rest(talk.stream("hello").await).await;
    let last = events.last().expect("an end").clone();
    for after in [last.sequence, last.sequence + 1, i64::MAX] {
        assert!(rest(talk.follow(&last.turn_id, after).await).await.is_empty());
    }
}

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

database_tests! {
    tests:
        cut_after_any_event_and_followed_on_the_whole_is_the_same,
        behind_the_end_there_is_an_empty_stream_that_ends,
        a_turn_of_a_thousand_events_is_followed_whole;
}
