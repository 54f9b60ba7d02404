//! `FollowTurn`: the rest of a turn after an event.

use serde_json::json;

use crate::chat::stream_message::play;
use crate::support::app::Start;
use crate::support::controlled_model::{call, scripted, text};
use crate::support::test_conversation::{TestConversation, rest};

async fn resuming_anywhere_gives_the_rest() {
    let (conversation, mut model_calls) = TestConversation::controlled().await;
    let mut followers = Vec::new();
    let events = play(&conversation, &mut model_calls, async |event| {
        // One follower resumes after this event, another starts late at the beginning.
        followers.push((event.sequence, conversation.follow(&event.turn_id, event.sequence).await));
        followers.push((0, conversation.follow(&event.turn_id, 0).await));
    })
    .await;
    let events_after = |after: i64| events.iter().filter(move |it| it.sequence > after).cloned();
    for (after, follower) in followers {
        assert_eq!(
            rest(follower).await,
            events_after(after).collect::<Vec<_>>(),
            "live after {after}"
        );
    }
    for after in 0..=8 {
        let follower = conversation.follow(&events[0].turn_id, after).await;
        assert_eq!(
            rest(follower).await,
            events_after(after).collect::<Vec<_>>(),
            "replayed after {after}"
        );
    }
}

async fn stream_after_the_end_is_empty() {
    let conversation = TestConversation::with(scripted(|_| vec![text("Hello.")])).await;
    let events = rest(conversation.stream("hello").await).await;
    let last = events.last().expect("an end").clone();
    for after in [last.sequence, last.sequence + 1, i64::MAX] {
        assert!(rest(conversation.follow(&last.turn_id, after).await).await.is_empty());
    }
}

async fn long_turn_is_replayed_fully() {
    let model = scripted(|prompt| match prompt.entries.len() {
        1 => (0..500).map(|id| call(&id.to_string(), "no_such_tool", json!({}))).collect(),
        _ => vec![text("That was a lot.")],
    });
    let chat = |settings: &mut tandem_chat::Settings| settings.agent.tool_calls = 500;
    let conversation = TestConversation::start(Start { model, chat, ..Start::default() }).await;
    let events = rest(conversation.stream("hello").await).await;
    let sequences = events.iter().map(|event| event.sequence).collect::<Vec<_>>();
    assert_eq!(sequences, (1..=1003).collect::<Vec<_>>());
    assert_eq!(rest(conversation.follow(&events[0].turn_id, 0).await).await, events);
}

database_tests! {
    tests:
        resuming_anywhere_gives_the_rest,
        stream_after_the_end_is_empty,
        long_turn_is_replayed_fully;
}
