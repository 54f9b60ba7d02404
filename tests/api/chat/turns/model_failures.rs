//! Models that fail.

use tandem_proto::chat::turn_event::Event;
use tandem_proto::chat::{CreateMessageRequest, TurnState};
use tonic::Code;
use tonic_types::StatusExt as _;

use crate::support::controlled_model::{newest, scripted, text};
use crate::support::refusal::{reason, refused};
use crate::support::test_conversation::{TestConversation, answer, ended_with, next, rest};

/// A provider's error text, which no user may see.
const WORDS: &str = "401 from api.provider.test: key sk-secret-1 revoked";

async fn provider_error_is_not_exposed() {
    let (conversation, mut model_calls) = TestConversation::controlled().await;
    let posted = conversation.post(conversation.message("hello"));
    model_calls.next().await.fail(WORDS);
    let refusal = refused(posted.await.expect("no panic"));
    assert_eq!(reason(&refusal), (Code::Aborted, "MODEL_UNAVAILABLE".to_owned()));
    assert!(refusal.get_details_retry_info().is_none(), "the message is stored");

    let turn = conversation.turn(&conversation.newest_turn().await).await;
    assert_eq!(turn.state(), TurnState::Failed);
    let error = turn.error.clone().expect("an error");
    assert_eq!(error.reason, "MODEL_UNAVAILABLE");
    let events = rest(conversation.follow(&turn.id, 0).await).await;
    let seen = format!("{refusal:?} {turn:?} {events:?}");
    assert!(!seen.contains("sk-secret") && !seen.contains("provider.test"), "{seen}");

    let [question] = &conversation.messages().await[..] else {
        panic!("only the message is stored")
    };
    assert_eq!(question.content, "hello");
    let posted = conversation.post(conversation.message("still there?"));
    model_calls.next().await.answer("Yes.");
    assert_eq!(answer(posted).await.assistant_message.expect("an answer").content, "Yes.");
}

async fn retry_returns_the_failed_turn() {
    let (conversation, mut model_calls) = TestConversation::controlled().await;
    let request =
        CreateMessageRequest { request_id: "once".to_owned(), ..conversation.message("hello") };
    let posted = conversation.post(request.clone());
    model_calls.next().await.fail(WORDS);
    let first = refused(posted.await.expect("no panic"));
    let again = refused(conversation.chat.clone().create_message(request).await);
    assert_eq!((again.code(), again.message()), (first.code(), first.message()));
    assert!(model_calls.is_empty());
    assert_eq!(conversation.messages().await.len(), 1);
}

async fn partial_text_is_kept() {
    let (conversation, mut model_calls) = TestConversation::controlled().await;
    let mut events = conversation.stream("hello").await;
    next(&mut events).await;
    let model_call = model_calls.next().await;
    model_call.text("Hello, I");
    next(&mut events).await;
    model_call.fail(WORDS);
    let events = rest(events).await;
    let [end] = &events[..] else { panic!("one event is left: {events:?}") };
    assert!(matches!(end.event, Some(Event::Failed(_))), "{end:?}");
    let message = ended_with(&events).expect("the partial answer");
    assert_eq!((message.content.as_str(), message.incomplete), ("Hello, I", true));
    assert_eq!(conversation.messages().await.last(), Some(message));
}

async fn empty_response_is_unavailable() {
    let (conversation, mut model_calls) = TestConversation::controlled().await;
    let posted = conversation.post(conversation.message("hello"));
    drop(model_calls.next().await);
    let refusal = refused(posted.await.expect("no panic"));
    assert_eq!(reason(&refusal), (Code::Aborted, "MODEL_UNAVAILABLE".to_owned()));
    assert_eq!(conversation.messages().await.len(), 1);
}

async fn panic_fails_only_the_turn() {
    let conversation = TestConversation::with(scripted(|prompt| {
        assert!(!newest(prompt).contains("panic"), "{WORDS}");
        vec![text("Calm.")]
    }))
    .await;
    let refusal = refused(conversation.send("please panic").await);
    assert_eq!(reason(&refusal), (Code::Internal, "INTERNAL".to_owned()));
    assert!(!format!("{refusal:?}").contains("sk-secret"));
    let turn = conversation.turn(&conversation.newest_turn().await).await;
    assert_eq!(turn.state(), TurnState::Failed);
    assert_eq!(turn.error.expect("an error").reason, "INTERNAL");
    let calm = conversation.send("and now?").await.expect("an answer").into_inner();
    assert_eq!(calm.assistant_message.expect("an answer").content, "Calm.");
}

database_tests! {
    tests:
        provider_error_is_not_exposed,
        retry_returns_the_failed_turn,
        partial_text_is_kept,
        empty_response_is_unavailable,
        panic_fails_only_the_turn;
}
