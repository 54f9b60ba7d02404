//! `CreateMessage`: one turn and one answer for each message.

use std::collections::BTreeMap;
use std::time::Duration;

use tandem_proto::chat::{
    ChatRequest, CreateMessageRequest, Role, StreamMessageRequest, TurnState,
};
use tandem_proto::task::TaskFilter;
use tonic::{Code, Request};

use crate::support::refusal::{metadata, reason, refused};
use crate::support::tasks::numbers;
use crate::support::test_conversation::{Talk, answer, echoing, ended_with, rest};

async fn the_answer_comes_with_the_message_that_it_answers() {
    let (talk, mut asks) = Talk::with_puppet().await;
    let posted = talk.post(talk.message("hello"));
    let ask = asks.next().await;
    let [question] = &talk.messages().await[..] else { panic!("the message is stored first") };
    let running = talk.turn(&question.turn_id).await;
    assert_eq!((running.state(), &running.user_message_id), (TurnState::Running, &question.id));
    assert_eq!((running.assistant_message_id.as_str(), running.end_time), ("", None));

    ask.answer("Hello yourself.");
    let answered = answer(posted).await;
    let reply = answered.assistant_message.expect("the answer");
    assert_eq!(answered.user_message.as_ref(), Some(question));
    assert_eq!((reply.role(), reply.content.as_str()), (Role::Assistant, "Hello yourself."));
    assert!(!reply.incomplete);
    let ended = talk.turn(&answered.turn_id).await;
    assert_eq!((ended.state(), ended.error.clone()), (TurnState::Completed, None));
    assert_eq!((ended.model.as_str(), ended.assistant_message_id), ("puppet", reply.id));
    assert_eq!(
        ended.usage.map(|usage| (usage.model_call_count, usage.tool_call_count)),
        Some((1, 0))
    );
    assert!(ended.end_time.is_some());
}

async fn a_second_message_is_refused_while_a_turn_runs_and_stores_nothing() {
    let (talk, mut asks) = Talk::with_puppet().await;
    let posted = talk.post(talk.message("first"));
    let ask = asks.next().await;
    let running = talk.newest_turn().await;

    let mut chat = talk.chat.clone();
    let (id, second) = (talk.id.clone(), "second".to_owned());
    let stream = StreamMessageRequest {
        conversation_id: id.clone(),
        content: second.clone(),
        ..Default::default()
    };
    let elsewhere = ChatRequest { conversation_id: id, message: second, ..Default::default() };
    for refusal in [
        refused(talk.say("second").await),
        refused(chat.stream_message(stream).await.map(|_| tonic::Response::new(()))),
        refused(chat.chat(elsewhere).await),
    ] {
        assert_eq!(reason(&refusal), (Code::Aborted, "TURN_IN_PROGRESS".to_owned()));
        assert_eq!(metadata(&refusal, "turn_id"), running);
    }
    assert_eq!(talk.messages().await.len(), 1);
    assert!(asks.is_empty());

    ask.answer("first answer");
    answer(posted).await;
    let posted = talk.post(talk.message("second"));
    asks.next().await.answer("second answer");
    assert_eq!(answer(posted).await.assistant_message.expect("an answer").sequence, 4);
}

async fn a_caller_who_goes_away_loses_nothing() {
    let (talk, mut asks) = Talk::with_puppet().await;
    let posted = talk.post(talk.message("hello"));
    let ask = asks.next().await;
    ask.text("Half an answer");
    posted.abort();
    assert!(posted.await.expect_err("gone").is_cancelled());
    let turn_id = talk.newest_turn().await;

    ask.text(", and the other half.");
    ask.call("1", "add_task", serde_json::json!({"title": "done all the same"}));
    drop(ask);
    asks.next().await.answer("Done.");
    let events = rest(talk.follow(&turn_id, 0).await).await;
    let content = "Half an answer, and the other half.\n\nDone.";
    assert_eq!(ended_with(&events).map(|it| it.content.as_str()), Some(content));
    assert_eq!(talk.messages().await.last().map(|it| it.content.as_str()), Some(content));
    assert_eq!(numbers(&talk.app.tasks_as("alice"), TaskFilter::default()).await, [1]);
}

async fn a_deadline_ends_the_call_and_not_the_turn() {
    let (talk, mut asks) = Talk::with_puppet().await;
    // tonic's client also keeps the deadline, with a code of its own. It is a few milliseconds later
    // than the service, which may lose the race on a busy machine, but not every time.
    let ends_in_time = async || {
        let request_id = "patient".to_owned();
        let mut request =
            Request::new(CreateMessageRequest { request_id, ..talk.message("hello") });
        request.set_timeout(Duration::from_millis(60));
        let refusal = refused(talk.chat.clone().create_message(request).await);
        refusal.code() == Code::DeadlineExceeded && reason(&refusal).1 == "DEADLINE_EXCEEDED"
    };
    let mut answered = false;
    for _ in 0..20 {
        answered = answered || ends_in_time().await;
    }
    assert!(answered, "the service never answered with DEADLINE_EXCEEDED");

    asks.next().await.answer("Late, but here.");
    let turn_id = talk.newest_turn().await;
    let events = rest(talk.follow(&turn_id, 0).await).await;
    let content = ended_with(&events).map(|it| it.content.as_str());
    assert_eq!(content, Some("Late, but here."));
    assert_eq!(talk.turn(&turn_id).await.state(), TurnState::Completed);
    assert!(asks.is_empty());
}

async fn metadata_is_kept_with_its_message_however_it_is_posted() {
    let talk = echoing().await;
    let metadata = [("time_zone", "Europe/Berlin"), ("client", "phone ☎"), ("empty", "")];
    let metadata = BTreeMap::from(metadata.map(|(key, value)| (key.to_owned(), value.to_owned())));
    let mut chat = talk.chat.clone();

    let request = CreateMessageRequest { metadata: metadata.clone(), ..talk.message("one") };
    let answer = chat.create_message(request).await.expect("an answer").into_inner();
    assert_eq!(answer.user_message.expect("the message").metadata, metadata);
    assert!(answer.assistant_message.expect("the answer").metadata.is_empty());

    let request = ChatRequest {
        conversation_id: talk.id.clone(),
        message: "two".to_owned(),
        metadata: metadata.clone(),
        ..Default::default()
    };
    chat.chat(request).await.expect("an answer");
    let request = StreamMessageRequest {
        conversation_id: talk.id.clone(),
        content: "three".to_owned(),
        metadata: metadata.clone(),
        ..Default::default()
    };
    rest(chat.stream_message(request).await.expect("a stream").into_inner()).await;

    let messages = talk.messages().await;
    let kept = messages.iter().filter(|it| it.role() == Role::User).map(|it| &it.metadata);
    assert_eq!(kept.collect::<Vec<_>>(), [&metadata; 3]);
}

database_tests! {
    tests:
        the_answer_comes_with_the_message_that_it_answers,
        a_second_message_is_refused_while_a_turn_runs_and_stores_nothing,
        a_caller_who_goes_away_loses_nothing,
        a_deadline_ends_the_call_and_not_the_turn,
        metadata_is_kept_with_its_message_however_it_is_posted;
}
