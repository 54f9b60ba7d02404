//! Posting a message: one turn for each, and its answer for everybody who asks for it.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::future::join_all;
use tandem_proto::chat::{
    ChatRequest, CreateMessageRequest, ListConversationsRequest, Role, StreamMessageRequest,
    TurnState,
};
use tandem_proto::task::TaskFilter;
use tonic::{Code, Request};

use crate::app::{App, Start};
use crate::puppet::{puppet, scripted, text};
use crate::refusal::{metadata, reason, refused};
use crate::talk::{Chat, Talk, answer, rest};
use crate::tasks::numbers;

async fn conversation_count(chat: &Chat) -> usize {
    let request = ListConversationsRequest { show_deleted: true, ..Default::default() };
    let list = chat.clone().list_conversations(request).await.expect("a list");
    list.into_inner().conversations.len()
}

#[tokio::test]
async fn chat_begins_a_conversation_and_goes_on_in_it() {
    let model = scripted(|prompt| vec![text(&format!("{} entries", prompt.entries.len()))]);
    let app = App::start_with(Start { model, ..Start::default() }).await;
    let mut chat = app.chat_as("alice");
    let hello = ChatRequest { message: "hello".to_owned(), ..Default::default() };
    let first = chat.chat(hello.clone()).await.expect("an answer").into_inner();
    assert_eq!(first.response, "1 entries");
    let conversation_id = first.conversation_id.clone();
    let second = ChatRequest { conversation_id, user_id: "alice".to_owned(), ..hello };
    let second = chat.chat(second).await.expect("an answer").into_inner();
    assert_eq!(second.response, "3 entries");
    assert_eq!(second.conversation_id, first.conversation_id);
    assert_ne!(second.turn_id, first.turn_id);
    assert_eq!(conversation_count(&chat).await, 1);
}

#[tokio::test]
async fn a_refused_chat_leaves_no_conversation_behind() {
    let app = App::start().await;
    let mut chat = app.chat_as("alice");
    let hello = ChatRequest { message: "hello".to_owned(), ..Default::default() };
    let zone = BTreeMap::from([("time_zone".to_owned(), "Mars/Olympus".to_owned())]);
    for (request, code) in [
        (
            ChatRequest { message: " \n\u{202e} ".to_owned(), ..hello.clone() },
            Code::InvalidArgument,
        ),
        (ChatRequest { message: "x".repeat(10_001), ..hello.clone() }, Code::InvalidArgument),
        (ChatRequest { model: "of-my-own".to_owned(), ..hello.clone() }, Code::InvalidArgument),
        (ChatRequest { metadata: zone, ..hello.clone() }, Code::InvalidArgument),
        (ChatRequest { user_id: "bob".to_owned(), ..hello }, Code::PermissionDenied),
    ] {
        assert_eq!(refused(chat.chat(request).await).code(), code);
    }
    assert_eq!(conversation_count(&chat).await, 0);
}

#[tokio::test]
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
    assert_eq!(ended.usage.map(|usage| (usage.model_call_count, usage.tool_call_count)), Some((1, 0)));
    assert!(ended.end_time.is_some());
}

#[tokio::test]
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
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

#[tokio::test]
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

#[tokio::test]
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
    assert_eq!(super::ended_with(&events).map(|it| it.content.as_str()), Some(content));
    assert_eq!(talk.messages().await.last().map(|it| it.content.as_str()), Some(content));
    assert_eq!(numbers(&talk.app.tasks_as("alice"), TaskFilter::default()).await, [1]);
}

#[tokio::test]
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
    let content = super::ended_with(&events).map(|it| it.content.as_str());
    assert_eq!(content, Some("Late, but here."));
    assert_eq!(talk.turn(&turn_id).await.state(), TurnState::Completed);
    assert!(asks.is_empty());
}
