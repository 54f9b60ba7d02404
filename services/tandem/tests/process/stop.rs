//! SIGTERM: running work is finished, then the process exits; a second signal ends it at once.

use std::path::Path;
use std::time::Duration;

use tandem_proto::chat::turn_event::Event;
use tandem_proto::chat::{FollowTurnRequest, Message, TurnEvent};
use tandem_test_support::process::{in_time, within};
use tokio_stream::StreamExt as _;
use tonic::{Code, Streaming};
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};

use crate::grpc::{
    Chats, WriteLock, channel, create_conversation, events_until, is_end, list, post,
};
use crate::system::System;

/// A long limit on the wait for a lock, so that no call fails before the test ends.
const LONG_LOCK_TIMEOUT: [(&str, &str); 1] = [("TANDEM_TASK__DATABASE__ACQUIRE_TIMEOUT", "60s")];

/// A turn in the middle of a tool call that waits for a database lock.
pub(crate) struct HeldTurn {
    /// Its events, as the caller receives them.
    pub(crate) events: Streaming<TurnEvent>,
    pub(crate) id: String,
    pub(crate) conversation: String,
    /// The lock that the tool call waits for.
    pub(crate) lock: WriteLock,
}

impl HeldTurn {
    /// Posts a message whose first tool call waits for the lock.
    pub(crate) async fn begin(chats: &mut Chats, data: &Path) -> Self {
        let conversation = create_conversation(chats).await.expect("a conversation");
        let lock = WriteLock::take(&data.join("task.db")).await;
        let mut events = post(chats, &conversation, "add buy milk").await.expect("a turn");
        let is_at_work = |event: &Event| matches!(event, Event::ToolCallStarted(_));
        let seen = events_until(&mut events, is_at_work).await;
        Self { events, id: seen[0].turn_id.clone(), conversation, lock }
    }
}

async fn watch_health(system: &System) -> Streaming<HealthCheckResponse> {
    let mut health = HealthClient::new(channel(system.chat).await);
    let mut states = health.watch(HealthCheckRequest::default()).await.expect("open").into_inner();
    until(&mut states, ServingStatus::Serving).await;
    states
}

async fn until(states: &mut Streaming<HealthCheckResponse>, wanted: ServingStatus) {
    let mut reached = states.map_while(Result::ok).filter(|state| state.status() == wanted);
    in_time("a change of health", reached.next()).await.expect("the watch reports it");
}

#[tokio::test]
async fn running_turn_is_finished() {
    let data = tempfile::tempdir().expect("a folder");
    let mut system = System::start_with(data.path(), &LONG_LOCK_TIMEOUT).await;
    let mut chats = system.chats().await;
    let mut health = watch_health(&system).await;
    let mut turn = HeldTurn::begin(&mut chats, data.path()).await;

    system.signal("TERM").await;
    until(&mut health, ServingStatus::NotServing).await;
    turn.lock.release().await;
    let rest = events_until(&mut turn.events, is_end).await;
    let last = rest.last().and_then(|last| last.event.as_ref());
    assert!(matches!(last, Some(Event::MessageCompleted(_))), "{rest:?}");
    let status = system.end().await;
    assert_eq!(status.code(), Some(0), "{}", system.err.to_end().await);

    let system = System::start(data.path()).await;
    let titles = list(&mut system.tasks().await).await.into_iter().map(|task| task.title);
    assert_eq!(titles.collect::<Vec<_>>(), ["buy milk"]);
}

#[tokio::test]
async fn long_turn_continues_after_a_restart() {
    let data = tempfile::tempdir().expect("a folder");
    let limits = [
        ("TANDEM_CHAT__SERVER__SHUTDOWN_TIMEOUT", "1s"),
        ("TANDEM_TASK__SERVER__SHUTDOWN_TIMEOUT", "1s"),
        // Longer than the test: the next process must not depend on the lease running out.
        ("TANDEM_CHAT__AGENT__LEASE_DURATION", "600s"),
    ];
    let mut system = System::start_with(data.path(), &limits).await;
    let mut turn = HeldTurn::begin(&mut system.chats().await, data.path()).await;
    system.signal("TERM").await;
    let refused = in_time("the end of the stream", turn.events.next()).await.expect("an end");
    let refused = refused.expect_err("the turn has not ended");
    assert_eq!(refused.code(), Code::Unavailable, "{refused:?}");
    // The shutdown limit of each service, plus the time for final writes and responses.
    let status = within(Duration::from_secs(20), "the end", system.end()).await;
    assert_eq!(status.code(), Some(0), "{}", system.err.to_end().await);
    turn.lock.release().await;

    let system = System::start_with(data.path(), &limits[2..]).await;
    end_of(&mut system.chats().await, &turn.id).await;
    let titles = list(&mut system.tasks().await).await.into_iter().map(|task| task.title);
    assert_eq!(titles.collect::<Vec<_>>(), ["buy milk"]);
}

#[tokio::test]
async fn second_signal_ends_at_once() {
    let data = tempfile::tempdir().expect("a folder");
    let mut system = System::start_with(data.path(), &LONG_LOCK_TIMEOUT).await;
    let mut health = watch_health(&system).await;
    let _turn = HeldTurn::begin(&mut system.chats().await, data.path()).await;
    system.signal("TERM").await;
    until(&mut health, ServingStatus::NotServing).await;
    system.signal("TERM").await;
    // The turn would run for more than ten seconds.
    let status = within(Duration::from_secs(5), "the end", system.end()).await;
    assert_eq!(status.code(), Some(130));
}

/// Waits for the end of a turn, which must be an answer.
pub(crate) async fn end_of(chats: &mut Chats, turn: &str) -> Message {
    let request = FollowTurnRequest { id: turn.to_owned(), ..FollowTurnRequest::default() };
    let followed = in_time("the events", chats.follow_turn(request)).await;
    let mut events = followed.expect("the turn is there").into_inner();
    let all = events_until(&mut events, is_end).await;
    let sequences = all.iter().map(|event| event.sequence).collect::<Vec<_>>();
    assert!(
        sequences.iter().copied().eq(1..=all.len() as i64),
        "sequence numbers have no gaps: {sequences:?}"
    );
    match all.into_iter().next_back().and_then(|last| last.event) {
        Some(Event::MessageCompleted(end)) => end.assistant_message.expect("an answer"),
        other => panic!("the turn ends with {other:?}"),
    }
}
