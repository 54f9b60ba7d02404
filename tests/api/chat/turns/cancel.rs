//! `CancelTurn`.

use serde_json::json;
use tandem_proto::chat::turn_event::Event;
use tandem_proto::chat::{CancelTurnRequest, FollowTurnRequest, Turn, TurnState};
use tandem_proto::task::TaskFilter;
use tonic::Code;

use crate::support::refusal::{reason, refused};
use crate::support::tasks::numbers;
use crate::support::test_conversation::{Talk, answer, ended_with, next, rest};

async fn cancel(talk: &Talk, turn_id: &str) -> Turn {
    let request = CancelTurnRequest { id: turn_id.to_owned() };
    talk.chat.clone().cancel_turn(request).await.expect("an answer").into_inner()
}

async fn what_was_written_is_kept_and_no_tool_does_anything_afterwards() {
    let (talk, mut asks) = Talk::with_puppet().await;
    let mut events = talk.stream("add a task").await;
    let started = next(&mut events).await;
    let ask = asks.next().await;
    ask.text("I will");
    next(&mut events).await;
    ask.call("1", "add_task", json!({"title": "too late"}));

    let cancelled = cancel(&talk, &started.turn_id).await;
    assert_eq!(cancelled.state(), TurnState::Cancelled);
    ask.text(" do it");
    ask.abandoned().await;
    drop(ask);

    let events = rest(events).await;
    let [end] = &events[..] else { panic!("one event is left: {events:?}") };
    assert!(matches!(end.event, Some(Event::Cancelled(_))), "{end:?}");
    let message = ended_with(&events).expect("what was written");
    assert_eq!((message.content.as_str(), message.incomplete), ("I will", true));
    assert_eq!(talk.messages().await.last(), Some(message));
    assert_eq!(cancelled.assistant_message_id, message.id);
    assert_eq!(talk.turn(&started.turn_id).await, cancelled);
    assert!(numbers(&talk.app.tasks_as("alice"), TaskFilter::default()).await.is_empty());
    assert!(asks.is_empty());
}

async fn tools_that_ran_before_stay_with_what_they_did() {
    let (talk, mut asks) = Talk::with_puppet().await;
    let mut events = talk.stream("add two tasks").await;
    let started = next(&mut events).await;
    asks.next().await.call("1", "add_task", json!({"title": "first"}));
    let ask = asks.next().await;
    ask.call("2", "add_task", json!({"title": "second"}));
    cancel(&talk, &started.turn_id).await;
    drop(ask);

    let events = rest(events).await;
    let message = ended_with(&events).expect("what was done");
    let calls = message.tool_calls.iter().map(|call| call.id.as_str()).collect::<Vec<_>>();
    assert_eq!((calls, message.incomplete), (vec!["1"], true));
    assert_eq!(numbers(&talk.app.tasks_as("alice"), TaskFilter::default()).await, [1]);
}

async fn who_waits_for_the_answer_learns_that_there_is_none_and_may_go_on() {
    let (talk, mut asks) = Talk::with_puppet().await;
    let posted = talk.post(talk.message("hello"));
    let ask = asks.next().await;
    let cancelled = cancel(&talk, &talk.newest_turn().await).await;
    assert_eq!(cancelled.assistant_message_id, "", "nothing was written");
    let refusal = refused(posted.await.expect("no panic"));
    assert_eq!(reason(&refusal), (Code::Cancelled, "TURN_CANCELLED".to_owned()));
    drop(ask);
    assert_eq!(talk.messages().await.len(), 1);

    let posted = talk.post(talk.message("hello again"));
    asks.next().await.answer("Hello.");
    assert_eq!(answer(posted).await.assistant_message.expect("an answer").sequence, 3);
}

async fn cancelling_what_has_ended_does_nothing() {
    let (talk, mut asks) = Talk::with_puppet().await;
    let posted = talk.post(talk.message("hello"));
    asks.next().await.answer("Hello.");
    let answered = answer(posted).await;
    let ended = talk.turn(&answered.turn_id).await;
    assert_eq!(cancel(&talk, &answered.turn_id).await, ended);
    assert_eq!(talk.turn(&answered.turn_id).await, ended);
    assert_eq!(talk.messages().await.last(), answered.assistant_message.as_ref());

    let posted = talk.post(talk.message("again"));
    let ask = asks.next().await;
    let turn_id = talk.newest_turn().await;
    let first = cancel(&talk, &turn_id).await;
    assert_eq!(cancel(&talk, &turn_id).await, first, "twice is once");
    assert_eq!(refused(posted.await.expect("no panic")).code(), Code::Cancelled);
    ask.abandoned().await;
}

async fn a_turn_is_cancelled_and_followed_from_a_replica_that_does_not_work_on_it() {
    let (talk, mut asks) = Talk::with_puppet().await;
    let replica = talk.app.chat_replica().await;
    let mut replica = talk.app.replica_as(&replica, "alice");
    let mut events = talk.stream("add a task").await;
    let started = next(&mut events).await;
    let ask = asks.next().await;
    ask.text("I will");
    let follow = FollowTurnRequest { id: started.turn_id.clone(), after_sequence: 0 };
    let mut followed = replica.follow_turn(follow).await.expect("a stream").into_inner();
    assert_eq!(next(&mut followed).await, started);

    let request = CancelTurnRequest { id: started.turn_id.clone() };
    let cancelled = replica.cancel_turn(request).await.expect("an answer").into_inner();
    assert_eq!(cancelled.state(), TurnState::Cancelled);
    ask.call("1", "add_task", json!({"title": "too late"}));
    ask.abandoned().await;
    drop(ask);
    assert_eq!(rest(events).await, rest(followed).await);
    assert!(numbers(&talk.app.tasks_as("alice"), TaskFilter::default()).await.is_empty());
}

database_tests! {
    tests:
        what_was_written_is_kept_and_no_tool_does_anything_afterwards,
        tools_that_ran_before_stay_with_what_they_did,
        who_waits_for_the_answer_learns_that_there_is_none_and_may_go_on,
        cancelling_what_has_ended_does_nothing,
        a_turn_is_cancelled_and_followed_from_a_replica_that_does_not_work_on_it;
}
