//! Messages.

use futures::future::join_all;
use tandem_proto::chat::{ChatRequest, CreateMessageRequest, StreamMessageRequest};
use tonic::Code;

use crate::support::app::{App, Start};
use crate::support::controlled_model::{newest, puppet, scripted, text};
use crate::support::conversations::conversation_count;
use crate::support::refusal::{reason, refused};
use crate::support::test_conversation::{Talk, answer, rest};
use crate::validation::fields;

async fn a_stream_that_is_posted_again_is_the_same_stream() {
    let talk = Talk::with(scripted(|prompt| vec![text(newest(prompt))])).await;
    let request = StreamMessageRequest {
        conversation_id: talk.id.clone(),
        content: "hello".to_owned(),
        request_id: "once".to_owned(),
        ..Default::default()
    };
    let mut chat = talk.chat.clone();
    let first = chat.stream_message(request.clone()).await.expect("a stream").into_inner();
    let first = rest(first).await;
    let again = chat.stream_message(request).await.expect("a stream").into_inner();
    assert_eq!(rest(again).await, first);
    assert_eq!(talk.messages().await.len(), 2);
}

async fn a_refused_request_does_not_use_its_request_id_up() {
    let app = App::start().await;
    let mut client = app.chat_as("alice");
    let say = |message: &str| ChatRequest {
        message: message.to_owned(),
        request_id: "r1".to_owned(),
        ..Default::default()
    };
    assert_eq!(fields(client.chat(say(" ")).await), ["message"]);
    client.chat(say("help")).await.expect("an answer");
}

async fn fifty_callers_with_one_request_id_get_one_turn_and_one_answer() {
    let (talk, mut asks) = Talk::with_puppet().await;
    let request = |content: &str| CreateMessageRequest {
        request_id: "the-same".to_owned(),
        ..talk.message(content)
    };
    let posted = (0..50).map(|_| talk.post(request("hello"))).collect::<Vec<_>>();
    asks.next().await.answer("Once.");
    let answers = join_all(posted.into_iter().map(answer)).await;
    let first = &answers[0];
    assert!(answers.iter().all(|it| it == first), "{answers:?}");
    assert_eq!(answer(talk.post(request("hello"))).await, *first, "also when all is over");
    assert!(asks.is_empty());
    assert_eq!(talk.messages().await.len(), 2);

    let other = refused(talk.chat.clone().create_message(request("other")).await);
    assert_eq!(reason(&other), (Code::AlreadyExists, "REQUEST_ID_REUSED".to_owned()));
    assert_eq!(talk.messages().await.len(), 2);
}

async fn chat_sent_again_begins_no_second_conversation() {
    let (model, mut asks) = puppet();
    let app = App::start_with(Start { model, ..Start::default() }).await;
    let mut chat = app.chat_as("alice");
    let request = ChatRequest {
        message: "hello".to_owned(),
        request_id: "once".to_owned(),
        ..Default::default()
    };
    let (mut early, hello) = (chat.clone(), request.clone());
    let early = tokio::spawn(async move { early.chat(hello).await });
    asks.next().await.answer("Hello.");
    let first = early.await.expect("no panic").expect("an answer").into_inner();
    let again = chat.chat(request).await.expect("the same answer").into_inner();
    assert_eq!(again, first);
    assert_eq!(conversation_count(&chat).await, 1);
}

database_tests! {
    tests:
        a_stream_that_is_posted_again_is_the_same_stream,
        a_refused_request_does_not_use_its_request_id_up,
        chat_sent_again_begins_no_second_conversation;
    two_threads:
        fifty_callers_with_one_request_id_get_one_turn_and_one_answer;
}
