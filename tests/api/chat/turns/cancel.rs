//! `CancelTurn`.

use serde_json::json;
use tandem_proto::chat::turn_event::Event;
use tandem_proto::chat::{CancelTurnRequest, FollowTurnRequest, Turn, TurnState};
use tandem_proto::task::TaskFilter;
use tonic::Code;

use crate::support::refusal::{reason, refused};
use crate::support::tasks::numbers;
use crate::support::test_conversation::{TestConversation, answer, ended_with, next, rest};

async fn cancel(conversation: &TestConversation, turn_id: &str) -> Turn {
    let request = CancelTurnRequest { id: turn_id.to_owned() };
    conversation.chat.clone().cancel_turn(request).await.expect("an answer").into_inner()
}

async fn keeps_text_and_stops_tool_calls() {
    let (conversation, mut model_calls) = TestConversation::controlled().await;
    let mut events = conversation.stream("add a task").await;
    let started = next(&mut events).await;
    let model_call = model_calls.next().await;
    model_call.text("I will");
    next(&mut events).await;
    model_call.call("1", "add_task", json!({"title": "too late"}));

    let cancelled = cancel(&conversation, &started.turn_id).await;
    assert_eq!(cancelled.state(), TurnState::Cancelled);
    model_call.text(" do it");
    model_call.abandoned().await;
    drop(model_call);

    let events = rest(events).await;
    let [end] = &events[..] else { panic!("one event is left: {events:?}") };
    assert!(matches!(end.event, Some(Event::Cancelled(_))), "{end:?}");
    let message = ended_with(&events).expect("the partial answer");
    assert_eq!((message.content.as_str(), message.incomplete), ("I will", true));
    assert_eq!(conversation.messages().await.last(), Some(message));
    assert_eq!(cancelled.assistant_message_id, message.id);
    assert_eq!(conversation.turn(&started.turn_id).await, cancelled);
    assert!(numbers(&conversation.app.tasks_as("alice"), TaskFilter::default()).await.is_empty());
    assert!(model_calls.is_empty());
}

async fn keeps_completed_tool_calls() {
    let (conversation, mut model_calls) = TestConversation::controlled().await;
    let mut events = conversation.stream("add two tasks").await;
    let started = next(&mut events).await;
    model_calls.next().await.call("1", "add_task", json!({"title": "first"}));
    let model_call = model_calls.next().await;
    model_call.call("2", "add_task", json!({"title": "second"}));
    cancel(&conversation, &started.turn_id).await;
    drop(model_call);

    let events = rest(events).await;
    let message = ended_with(&events).expect("the partial answer");
    let calls = message.tool_calls.iter().map(|call| call.id.as_str()).collect::<Vec<_>>();
    assert_eq!((calls, message.incomplete), (vec!["1"], true));
    assert_eq!(numbers(&conversation.app.tasks_as("alice"), TaskFilter::default()).await, [1]);
}

async fn waiting_caller_gets_cancelled() {
    let (conversation, mut model_calls) = TestConversation::controlled().await;
    let posted = conversation.post(conversation.message("hello"));
    let model_call = model_calls.next().await;
    let cancelled = cancel(&conversation, &conversation.newest_turn().await).await;
    assert_eq!(cancelled.assistant_message_id, "", "nothing was written");
    let refusal = refused(posted.await.expect("no panic"));
    assert_eq!(reason(&refusal), (Code::Aborted, "TURN_CANCELLED".to_owned()));
    drop(model_call);
    assert_eq!(conversation.messages().await.len(), 1);

    let posted = conversation.post(conversation.message("hello again"));
    model_calls.next().await.answer("Hello.");
    assert_eq!(answer(posted).await.assistant_message.expect("an answer").sequence, 3);
}

async fn ended_turn_is_unchanged() {
    let (conversation, mut model_calls) = TestConversation::controlled().await;
    let posted = conversation.post(conversation.message("hello"));
    model_calls.next().await.answer("Hello.");
    let answered = answer(posted).await;
    let ended = conversation.turn(&answered.turn_id).await;
    assert_eq!(cancel(&conversation, &answered.turn_id).await, ended);
    assert_eq!(conversation.turn(&answered.turn_id).await, ended);
    assert_eq!(conversation.messages().await.last(), answered.assistant_message.as_ref());

    let posted = conversation.post(conversation.message("again"));
    let model_call = model_calls.next().await;
    let turn_id = conversation.newest_turn().await;
    let first = cancel(&conversation, &turn_id).await;
    assert_eq!(cancel(&conversation, &turn_id).await, first, "cancelling is idempotent");
    assert_eq!(refused(posted.await.expect("no panic")).code(), Code::Aborted);
    model_call.abandoned().await;
}

async fn works_from_another_replica() {
    let (conversation, mut model_calls) = TestConversation::controlled().await;
    let replica = conversation.app.chat_replica().await;
    let mut replica = conversation.app.replica_as(&replica, "alice");
    let mut events = conversation.stream("add a task").await;
    let started = next(&mut events).await;
    let model_call = model_calls.next().await;
    model_call.text("I will");
    let follow = FollowTurnRequest { id: started.turn_id.clone(), after_sequence: 0 };
    let mut followed = replica.follow_turn(follow).await.expect("a stream").into_inner();
    assert_eq!(next(&mut followed).await, started);

    let request = CancelTurnRequest { id: started.turn_id.clone() };
    let cancelled = replica.cancel_turn(request).await.expect("an answer").into_inner();
    assert_eq!(cancelled.state(), TurnState::Cancelled);
    model_call.call("1", "add_task", json!({"title": "too late"}));
    model_call.abandoned().await;
    drop(model_call);
    assert_eq!(rest(events).await, rest(followed).await);
    assert!(numbers(&conversation.app.tasks_as("alice"), TaskFilter::default()).await.is_empty());
}

database_tests! {
    tests:
        keeps_text_and_stops_tool_calls,
        keeps_completed_tool_calls,
        waiting_caller_gets_cancelled,
        ended_turn_is_unchanged,
        works_from_another_replica;
}
