//! `CreateMessage`: one turn and one answer per message.

use std::collections::BTreeMap;
use std::time::Duration;

use tandem_proto::chat::{
    ChatRequest, CreateMessageRequest, Role, StreamMessageRequest, TurnState,
};
use tandem_proto::task::TaskFilter;
use tonic::{Code, Request};

use crate::support::refusal::{metadata, reason, refused};
use crate::support::tasks::numbers;
use crate::support::test_conversation::{TestConversation, answer, echoing, ended_with, rest};

async fn response_has_message_and_answer() {
    let (conversation, mut model_calls) = TestConversation::controlled().await;
    let posted = conversation.post(conversation.message("hello"));
    let model_call = model_calls.next().await;
    let [question] = &conversation.messages().await[..] else {
        panic!("the message is stored first")
    };
    let running = conversation.turn(&question.turn_id).await;
    assert_eq!((running.state(), &running.user_message_id), (TurnState::Running, &question.id));
    assert_eq!((running.assistant_message_id.as_str(), running.end_time), ("", None));

    model_call.answer("Hello yourself.");
    let answered = answer(posted).await;
    let reply = answered.assistant_message.expect("the answer");
    assert_eq!(answered.user_message.as_ref(), Some(question));
    assert_eq!((reply.role(), reply.content.as_str()), (Role::Assistant, "Hello yourself."));
    assert!(!reply.incomplete);
    let ended = conversation.turn(&answered.turn_id).await;
    assert_eq!((ended.state(), ended.error.clone()), (TurnState::Completed, None));
    assert_eq!((ended.model.as_str(), ended.assistant_message_id), ("controlled", reply.id));
    assert_eq!(
        ended.usage.map(|usage| (usage.model_call_count, usage.tool_call_count)),
        Some((1, 0))
    );
    assert!(ended.end_time.is_some());
}

async fn running_turn_blocks_new_messages() {
    let (conversation, mut model_calls) = TestConversation::controlled().await;
    let posted = conversation.post(conversation.message("first"));
    let model_call = model_calls.next().await;
    let running = conversation.newest_turn().await;

    let mut chat = conversation.chat.clone();
    let (id, second) = (conversation.id.clone(), "second".to_owned());
    let stream = StreamMessageRequest {
        conversation_id: id.clone(),
        content: second.clone(),
        ..Default::default()
    };
    let elsewhere = ChatRequest { conversation_id: id, message: second, ..Default::default() };
    for refusal in [
        refused(conversation.send("second").await),
        refused(chat.stream_message(stream).await.map(|_| tonic::Response::new(()))),
        refused(chat.chat(elsewhere).await),
    ] {
        assert_eq!(reason(&refusal), (Code::Aborted, "TURN_IN_PROGRESS".to_owned()));
        assert_eq!(metadata(&refusal, "turn_id"), running);
    }
    assert_eq!(conversation.messages().await.len(), 1);
    assert!(model_calls.is_empty());

    model_call.answer("first answer");
    answer(posted).await;
    let posted = conversation.post(conversation.message("second"));
    model_calls.next().await.answer("second answer");
    assert_eq!(answer(posted).await.assistant_message.expect("an answer").sequence, 4);
}

async fn disconnected_caller_loses_nothing() {
    let (conversation, mut model_calls) = TestConversation::controlled().await;
    let posted = conversation.post(conversation.message("hello"));
    let model_call = model_calls.next().await;
    model_call.text("Half an answer");
    posted.abort();
    assert!(posted.await.expect_err("gone").is_cancelled());
    let turn_id = conversation.newest_turn().await;

    model_call.text(", and the other half.");
    model_call.call("1", "add_task", serde_json::json!({"title": "done all the same"}));
    drop(model_call);
    model_calls.next().await.answer("Done.");
    let events = rest(conversation.follow(&turn_id, 0).await).await;
    let content = "Half an answer, and the other half.\n\nDone.";
    assert_eq!(ended_with(&events).map(|it| it.content.as_str()), Some(content));
    assert_eq!(conversation.messages().await.last().map(|it| it.content.as_str()), Some(content));
    assert_eq!(numbers(&conversation.app.tasks_as("alice"), TaskFilter::default()).await, [1]);
}

async fn deadline_ends_the_call_not_the_turn() {
    let (conversation, mut model_calls) = TestConversation::controlled().await;
    // tonic's client enforces the deadline too, with another code, a few milliseconds after the service.
    // On a busy machine the service may lose that race, but not every time.
    let ends_in_time = async || {
        let request_id = "patient".to_owned();
        let mut request =
            Request::new(CreateMessageRequest { request_id, ..conversation.message("hello") });
        request.set_timeout(Duration::from_millis(60));
        let refusal = refused(conversation.chat.clone().create_message(request).await);
        refusal.code() == Code::DeadlineExceeded && reason(&refusal).1 == "DEADLINE_EXCEEDED"
    };
    let mut answered = false;
    for _ in 0..20 {
        answered = answered || ends_in_time().await;
    }
    assert!(answered, "the service never returned DEADLINE_EXCEEDED");

    model_calls.next().await.answer("Late, but here.");
    let turn_id = conversation.newest_turn().await;
    let events = rest(conversation.follow(&turn_id, 0).await).await;
    let content = ended_with(&events).map(|it| it.content.as_str());
    assert_eq!(content, Some("Late, but here."));
    assert_eq!(conversation.turn(&turn_id).await.state(), TurnState::Completed);
    assert!(model_calls.is_empty());
}

async fn metadata_is_stored_with_its_message() {
    let conversation = echoing().await;
    let metadata = [("time_zone", "Europe/Berlin"), ("client", "phone ☎"), ("empty", "")];
    let metadata = BTreeMap::from(metadata.map(|(key, value)| (key.to_owned(), value.to_owned())));
    let mut chat = conversation.chat.clone();

    let request =
        CreateMessageRequest { metadata: metadata.clone(), ..conversation.message("one") };
    let answer = chat.create_message(request).await.expect("an answer").into_inner();
    assert_eq!(answer.user_message.expect("the message").metadata, metadata);
    assert!(answer.assistant_message.expect("the answer").metadata.is_empty());

    let request = ChatRequest {
        conversation_id: conversation.id.clone(),
        message: "two".to_owned(),
        metadata: metadata.clone(),
        ..Default::default()
    };
    chat.chat(request).await.expect("an answer");
    let request = StreamMessageRequest {
        conversation_id: conversation.id.clone(),
        content: "three".to_owned(),
        metadata: metadata.clone(),
        ..Default::default()
    };
    rest(chat.stream_message(request).await.expect("a stream").into_inner()).await;

    let messages = conversation.messages().await;
    let kept = messages.iter().filter(|it| it.role() == Role::User).map(|it| &it.metadata);
    assert_eq!(kept.collect::<Vec<_>>(), [&metadata; 3]);
}

database_tests! {
    tests:
        response_has_message_and_answer,
        running_turn_blocks_new_messages,
        disconnected_caller_loses_nothing,
        deadline_ends_the_call_not_the_turn,
        metadata_is_stored_with_its_message;
}
