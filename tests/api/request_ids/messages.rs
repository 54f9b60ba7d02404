//! Messages.

use futures::future::join_all;
use tandem_proto::chat::{ChatRequest, CreateMessageRequest, StreamMessageRequest};
use tonic::Code;

use crate::support::app::{App, Start};
use crate::support::controlled_model::{controlled_model, newest, scripted, text};
use crate::support::conversations::conversation_count;
use crate::support::refusal::{reason, refused};
use crate::support::test_conversation::{TestConversation, answer, rest};
use crate::validation::fields;

async fn repeated_stream_is_the_same() {
    let conversation = TestConversation::with(scripted(|prompt| vec![text(newest(prompt))])).await;
    let request = StreamMessageRequest {
        conversation_id: conversation.id.clone(),
        content: "hello".to_owned(),
        request_id: "once".to_owned(),
        ..Default::default()
    };
    let mut chat = conversation.chat.clone();
    let first = chat.stream_message(request.clone()).await.expect("a stream").into_inner();
    let first = rest(first).await;
    let again = chat.stream_message(request).await.expect("a stream").into_inner();
    assert_eq!(rest(again).await, first);
    assert_eq!(conversation.messages().await.len(), 2);
}

async fn refused_request_frees_its_id() {
    let app = App::start().await;
    let mut client = app.chat_as("alice");
    let chat_request = |message: &str| ChatRequest {
        message: message.to_owned(),
        request_id: "r1".to_owned(),
        ..Default::default()
    };
    assert_eq!(fields(client.chat(chat_request(" ")).await), ["message"]);
    client.chat(chat_request("help")).await.expect("an answer");
}

async fn fifty_callers_get_one_turn() {
    let (conversation, mut model_calls) = TestConversation::controlled().await;
    let request = |content: &str| CreateMessageRequest {
        request_id: "the-same".to_owned(),
        ..conversation.message(content)
    };
    let posted = (0..50).map(|_| conversation.post(request("hello"))).collect::<Vec<_>>();
    model_calls.next().await.answer("Once.");
    let answers = join_all(posted.into_iter().map(answer)).await;
    let first = &answers[0];
    assert!(answers.iter().all(|it| it == first), "{answers:?}");
    assert_eq!(answer(conversation.post(request("hello"))).await, *first, "also after the end");
    assert!(model_calls.is_empty());
    assert_eq!(conversation.messages().await.len(), 2);

    let other = refused(conversation.chat.clone().create_message(request("other")).await);
    assert_eq!(reason(&other), (Code::AlreadyExists, "REQUEST_ID_REUSED".to_owned()));
    assert_eq!(conversation.messages().await.len(), 2);
}

async fn repeated_chat_has_one_conversation() {
    let (model, mut model_calls) = controlled_model();
    let app = App::start_with(Start { model, ..Start::default() }).await;
    let mut chat = app.chat_as("alice");
    let request = ChatRequest {
        message: "hello".to_owned(),
        request_id: "once".to_owned(),
        ..Default::default()
    };
    let (mut early, hello) = (chat.clone(), request.clone());
    let early = tokio::spawn(async move { early.chat(hello).await });
    model_calls.next().await.answer("Hello.");
    let first = early.await.expect("no panic").expect("an answer").into_inner();
    let again = chat.chat(request).await.expect("the same answer").into_inner();
    assert_eq!(again, first);
    assert_eq!(conversation_count(&chat).await, 1);
}

database_tests! {
    tests:
        repeated_stream_is_the_same,
        refused_request_frees_its_id,
        repeated_chat_has_one_conversation;
    two_threads:
        fifty_callers_get_one_turn;
}
