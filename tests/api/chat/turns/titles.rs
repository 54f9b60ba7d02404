//! Titles of conversations whose user gave none.

use tandem_proto::chat::{
    CancelTurnRequest, ChatRequest, Conversation, GetConversationRequest, UpdateConversationRequest,
};

use crate::support::app::{App, Start};
use crate::support::controlled_model::{scripted, text};
use crate::support::refusal::refused;
use crate::support::test_conversation::{Chat, Talk, answer, next, rest};

async fn conversation(chat: &Chat, id: &str) -> Conversation {
    let request = GetConversationRequest { id: id.to_owned(), ..Default::default() };
    chat.clone().get_conversation(request).await.expect("a conversation").into_inner()
}

async fn title(talk: &Talk) -> String {
    conversation(&talk.chat, &talk.id).await.title
}

async fn rename(talk: &Talk, title: &str) {
    let (id, title) = (talk.id.clone(), title.to_owned());
    let conversation = Some(Conversation { id, title, ..Default::default() });
    let update_mask = Some(prost_types::FieldMask { paths: vec!["title".to_owned()] });
    let request = UpdateConversationRequest { conversation, update_mask, ..Default::default() };
    talk.chat.clone().update_conversation(request).await.expect("a change");
}

async fn the_first_message_gives_the_title_once_it_is_answered() {
    let (talk, mut asks) = Talk::with_puppet().await;
    let created = conversation(&talk.chat, &talk.id).await;
    let posted = talk.post(talk.message("Plan my week, please. Mondays are busy.\nThanks!"));
    let ask = asks.next().await;
    assert_eq!(title(&talk).await, "");
    ask.answer("Done.");
    answer(posted).await;
    let named = conversation(&talk.chat, &talk.id).await;
    assert_eq!(named.title, "Plan my week, please");
    assert_ne!(named.etag, created.etag);

    let posted = talk.post(talk.message("And the next one"));
    asks.next().await.answer("Done.");
    answer(posted).await;
    let later = conversation(&talk.chat, &talk.id).await;
    assert_eq!((later.title, later.etag), (named.title, named.etag));
}

async fn a_conversation_that_begins_with_a_chat_gets_a_title_too() {
    let model = scripted(|_| vec![text("Welcome.")]);
    let app = App::start_with(Start { model, ..Start::default() }).await;
    let mut chat = app.chat_as("alice");
    let message = "remember to water the plants ".repeat(9);
    let request = ChatRequest { message, ..Default::default() };
    let id = chat.chat(request).await.expect("an answer").into_inner().conversation_id;
    let title = conversation(&chat, &id).await.title;
    assert_eq!(title, "remember to water the plants remember to water the plants…");
}

async fn a_title_that_the_user_gives_meanwhile_stays_and_so_does_one_taken_away_later() {
    let (talk, mut asks) = Talk::with_puppet().await;
    let posted = talk.post(talk.message("hello"));
    let ask = asks.next().await;
    rename(&talk, "Mine").await;
    ask.answer("Hello.");
    answer(posted).await;
    assert_eq!(title(&talk).await, "Mine");

    rename(&talk, "").await;
    let posted = talk.post(talk.message("hello again"));
    asks.next().await.answer("Hello.");
    answer(posted).await;
    assert_eq!(title(&talk).await, "");
}

async fn only_a_turn_that_is_completed_gives_a_title() {
    let (talk, mut asks) = Talk::with_puppet().await;
    let posted = talk.post(talk.message("the first"));
    asks.next().await.fail("gone");
    refused(posted.await.expect("no panic"));
    assert_eq!(title(&talk).await, "");

    let mut events = talk.stream("the second").await;
    let started = next(&mut events).await;
    let ask = asks.next().await;
    ask.text("A beginning");
    next(&mut events).await;
    let cancel = CancelTurnRequest { id: started.turn_id };
    talk.chat.clone().cancel_turn(cancel).await.expect("cancelled");
    rest(events).await;
    assert_eq!(title(&talk).await, "");

    let posted = talk.post(talk.message("the third"));
    asks.next().await.answer("At last.");
    answer(posted).await;
    assert_eq!(title(&talk).await, "the first");
}

database_tests! {
    tests:
        the_first_message_gives_the_title_once_it_is_answered,
        a_conversation_that_begins_with_a_chat_gets_a_title_too,
        a_title_that_the_user_gives_meanwhile_stays_and_so_does_one_taken_away_later,
        only_a_turn_that_is_completed_gives_a_title;
}
