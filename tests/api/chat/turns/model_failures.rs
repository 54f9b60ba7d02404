//! Models that fail.

use tandem_proto::chat::turn_event::Event;
use tandem_proto::chat::{CreateMessageRequest, TurnState};
use tonic::Code;
use tonic_types::StatusExt as _;

use crate::support::controlled_model::{newest, scripted, text};
use crate::support::refusal::{reason, refused};
use crate::support::test_conversation::{Talk, answer, ended_with, next, rest};

/// What a provider says that no user may read.
const WORDS: &str = "401 from api.provider.test: key sk-secret-1 revoked";

async fn a_failing_model_is_unavailable_in_our_words_and_the_next_message_works() {
    let (talk, mut asks) = Talk::with_puppet().await;
    let posted = talk.post(talk.message("hello"));
    asks.next().await.fail(WORDS);
    let refusal = refused(posted.await.expect("no panic"));
    assert_eq!(reason(&refusal), (Code::Unavailable, "MODEL_UNAVAILABLE".to_owned()));
    let retry = refusal.get_details_retry_info().and_then(|info| info.retry_delay);
    assert!(retry.is_some_and(|delay| !delay.is_zero()), "{retry:?}");

    let turn = talk.turn(&talk.newest_turn().await).await;
    assert_eq!(turn.state(), TurnState::Failed);
    let error = turn.error.clone().expect("why it failed");
    assert_eq!(error.reason, "MODEL_UNAVAILABLE");
    let events = rest(talk.follow(&turn.id, 0).await).await;
    let seen = format!("{refusal:?} {turn:?} {events:?}");
    assert!(!seen.contains("sk-secret") && !seen.contains("provider.test"), "{seen}");

    let [question] = &talk.messages().await[..] else { panic!("the message alone stays") };
    assert_eq!(question.content, "hello");
    let posted = talk.post(talk.message("still there?"));
    asks.next().await.answer("Yes.");
    assert_eq!(answer(posted).await.assistant_message.expect("an answer").content, "Yes.");
}

async fn a_failed_turn_sent_again_is_the_same_turn_and_doubles_no_message() {
    let (talk, mut asks) = Talk::with_puppet().await;
    let request = CreateMessageRequest { request_id: "once".to_owned(), ..talk.message("hello") };
    let posted = talk.post(request.clone());
    asks.next().await.fail(WORDS);
    let first = refused(posted.await.expect("no panic"));
    let again = refused(talk.chat.clone().create_message(request).await);
    assert_eq!((again.code(), again.message()), (first.code(), first.message()));
    assert!(asks.is_empty());
    assert_eq!(talk.messages().await.len(), 1);
}

async fn a_model_that_breaks_off_leaves_what_it_wrote() {
    let (talk, mut asks) = Talk::with_puppet().await;
    let mut events = talk.stream("hello").await;
    next(&mut events).await;
    let ask = asks.next().await;
    ask.text("Hello, I");
    next(&mut events).await;
    ask.fail(WORDS);
    let events = rest(events).await;
    let [end] = &events[..] else { panic!("one event is left: {events:?}") };
    assert!(matches!(end.event, Some(Event::Failed(_))), "{end:?}");
    let message = ended_with(&events).expect("what was written");
    assert_eq!((message.content.as_str(), message.incomplete), ("Hello, I", true));
    assert_eq!(talk.messages().await.last(), Some(message));
}

async fn a_model_that_says_nothing_is_no_answer() {
    let (talk, mut asks) = Talk::with_puppet().await;
    let posted = talk.post(talk.message("hello"));
    drop(asks.next().await);
    let refusal = refused(posted.await.expect("no panic"));
    assert_eq!(reason(&refusal), (Code::Unavailable, "MODEL_UNAVAILABLE".to_owned()));
    assert_eq!(talk.messages().await.len(), 1);
}

async fn a_model_that_panics_ends_its_turn_and_not_the_conversation() {
    let talk = Talk::with(scripted(|prompt| {
        assert!(!newest(prompt).contains("panic"), "{WORDS}");
        vec![text("Calm.")]
    }))
    .await;
    let refusal = refused(talk.say("please panic").await);
    assert_eq!(reason(&refusal), (Code::Internal, "INTERNAL".to_owned()));
    assert!(!format!("{refusal:?}").contains("sk-secret"));
    let turn = talk.turn(&talk.newest_turn().await).await;
    assert_eq!(turn.state(), TurnState::Failed);
    assert_eq!(turn.error.expect("why it failed").reason, "INTERNAL");
    let calm = talk.say("and now?").await.expect("an answer").into_inner();
    assert_eq!(calm.assistant_message.expect("an answer").content, "Calm.");
}

database_tests! {
    tests:
        a_failing_model_is_unavailable_in_our_words_and_the_next_message_works,
        a_failed_turn_sent_again_is_the_same_turn_and_doubles_no_message,
        a_model_that_breaks_off_leaves_what_it_wrote,
        a_model_that_says_nothing_is_no_answer,
        a_model_that_panics_ends_its_turn_and_not_the_conversation;
}
