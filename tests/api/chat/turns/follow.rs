//! `FollowTurn`: the rest of a turn after an event.

use std::time::{Duration, Instant};

use serde_json::json;
use tandem_proto::chat::{FollowTurnRequest, TurnEvent};
use tandem_test_support::http2::{Http2Client, MAX_WINDOW, Windows};
use tandem_test_support::process::within;
use tonic::Code;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use crate::chat::stream_message::play;
use crate::harness::Database;
use crate::support::app::Start;
use crate::support::controlled_model::{call, scripted, text};
use crate::support::test_conversation::{TestConversation, next, rest};

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

/// A conversation whose turns have 1003 events.
async fn with_long_turns() -> TestConversation {
    let model = scripted(|prompt| match prompt.entries.len() {
        1 => (0..500).map(|id| call(&id.to_string(), "no_such_tool", json!({}))).collect(),
        _ => vec![text("That was a lot.")],
    });
    let chat = |settings: &mut tandem_chat::Settings| settings.agent.tool_calls = 500;
    TestConversation::start(Start { model, chat, ..Start::default() }).await
}

async fn long_turn_is_replayed_fully() {
    let conversation = with_long_turns().await;
    let events = rest(conversation.stream("hello").await).await;
    let sequences = events.iter().map(|event| event.sequence).collect::<Vec<_>>();
    assert_eq!(sequences, (1..=1003).collect::<Vec<_>>());
    assert_eq!(rest(conversation.follow(&events[0].turn_id, 0).await).await, events);
}

/// The shortest time of three replays after an event.
async fn replay_time(conversation: &TestConversation, turn_id: &str, after: i64) -> Duration {
    let mut shortest = Duration::MAX;
    for _ in 0..3 {
        let start = Instant::now();
        rest(conversation.follow(turn_id, after).await).await;
        shortest = shortest.min(start.elapsed());
    }
    shortest
}

async fn long_replay_has_no_pauses() {
    let conversation = with_long_turns().await;
    let events = rest(conversation.stream("hello").await).await;
    let turn_id = &events[0].turn_id;
    let long = replay_time(&conversation, turn_id, 0).await;
    let short = replay_time(&conversation, turn_id, 753).await;
    // Four times as many events, and no pauses of 250 ms behind each 256 of them.
    assert!(long < 10 * short, "1003 events in {long:?}, 250 events in {short:?}");
}

async fn ended_turn_is_replayed_while_the_service_stops() {
    let conversation = with_long_turns().await;
    let events = rest(conversation.stream("hello").await).await;
    let (app, turn_id) = (&conversation.app, &events[0].turn_id);
    let health = HealthClient::new(app.chat.clone()).watch(HealthCheckRequest::default()).await;
    let mut health = health.expect("a stream").into_inner();
    let client = Http2Client::connect(app.chat_address, Windows::per_call(0)).await;
    let request = FollowTurnRequest { id: turn_id.clone(), after_sequence: 0 };
    let token = app.issuer.token("alice");
    let mut follow = client.call("/tandem.chat.v1.ChatService/FollowTurn", &token, &request).await;
    assert!(follow.begins().await);
    app.begin_stop();
    while let Ok(Some(report)) = health.message().await {
        if report.status() == ServingStatus::NotServing {
            break;
        }
    }
    client.set_call_window(MAX_WINDOW);
    let mut replayed = Vec::new();
    while let Some(event) = follow.message::<TurnEvent>().await {
        replayed.push(event);
    }
    let status = follow.end().await.status();
    assert_eq!(status.code(), Code::Ok, "{status:?} after {} events", replayed.len());
    assert_eq!(replayed, events);
}

/// Far less than the 5 s after which a follower looks without a notification.
const SOON: Duration = Duration::from_secs(2);

async fn followers_elsewhere_are_notified() {
    if Database::current() == Database::Sqlite {
        return; // One process.
    }
    let (conversation, mut model_calls) = TestConversation::controlled().await;
    let replica = conversation.app.chat_replica().await;
    let mut here = conversation.stream("hello").await;
    let started = next(&mut here).await;
    let request = FollowTurnRequest { id: started.turn_id.clone(), after_sequence: 1 };
    let mut there = conversation.app.replica_as(&replica, "alice");
    let mut there = there.follow_turn(request).await.expect("a stream").into_inner();
    let model_call = model_calls.next().await;
    // Several times: without a notification some would be late.
    for number in 0..10 {
        model_call.text(&format!("piece {number} "));
        let event = within(SOON, "an event on another replica", next(&mut there)).await;
        assert_eq!(event, next(&mut here).await);
    }
    drop(model_call);
    let end = within(SOON, "the end on another replica", rest(there)).await;
    assert_eq!(end, rest(here).await);
}

database_tests! {
    tests:
        resuming_anywhere_gives_the_rest,
        stream_after_the_end_is_empty,
        long_turn_is_replayed_fully,
        long_replay_has_no_pauses,
        ended_turn_is_replayed_while_the_service_stops,
        followers_elsewhere_are_notified;
}
