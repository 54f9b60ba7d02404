//! Default titles of conversations.

use tandem_proto::chat::{
    CancelTurnRequest, ChatRequest, Conversation, GetConversationRequest, UpdateConversationRequest,
};

use crate::support::app::{App, Start};
use crate::support::controlled_model::{scripted, text};
use crate::support::refusal::refused;
use crate::support::test_conversation::{Chat, TestConversation, answer, next, rest};

async fn get_conversation(chat: &Chat, id: &str) -> Conversation {
    let request = GetConversationRequest { id: id.to_owned(), ..Default::default() };
    chat.clone().get_conversation(request).await.expect("a conversation").into_inner()
}

async fn get_title(conversation: &TestConversation) -> String {
    get_conversation(&conversation.chat, &conversation.id).await.title
}

async fn rename(conversation: &TestConversation, title: &str) {
    let (id, title) = (conversation.id.clone(), title.to_owned());
    let renamed = Some(Conversation { id, title, ..Default::default() });
    let update_mask = Some(prost_types::FieldMask { paths: vec!["title".to_owned()] });
    let request =
        UpdateConversationRequest { conversation: renamed, update_mask, ..Default::default() };
    conversation.chat.clone().update_conversation(request).await.expect("a change");
}

async fn first_answered_message_gives_title() {
    let (conversation, mut model_calls) = TestConversation::controlled().await;
    let created = get_conversation(&conversation.chat, &conversation.id).await;
    let posted =
        conversation.post(conversation.message("Plan my week, please. Mondays are busy.\nThanks!"));
    let model_call = model_calls.next().await;
    assert_eq!(get_title(&conversation).await, "");
    model_call.answer("Done.");
    answer(posted).await;
    let named = get_conversation(&conversation.chat, &conversation.id).await;
    assert_eq!(named.title, "Plan my week, please");
    assert_ne!(named.etag, created.etag);

    let posted = conversation.post(conversation.message("And the next one"));
    model_calls.next().await.answer("Done.");
    answer(posted).await;
    let later = get_conversation(&conversation.chat, &conversation.id).await;
    assert_eq!((later.title, later.etag), (named.title, named.etag));
}

async fn chat_conversations_get_titles() {
    let model = scripted(|_| vec![text("Welcome.")]);
    let app = App::start_with(Start { model, ..Start::default() }).await;
    let mut chat = app.chat_as("alice");
    let message = "remember to water the plants ".repeat(9);
    let request = ChatRequest { message, ..Default::default() };
    let id = chat.chat(request).await.expect("an answer").into_inner().conversation_id;
    let title = get_conversation(&chat, &id).await.title;
    assert_eq!(title, "remember to water the plants remember to water the plants…");
}

async fn user_titles_are_not_replaced() {
    let (conversation, mut model_calls) = TestConversation::controlled().await;
    let posted = conversation.post(conversation.message("hello"));
    let model_call = model_calls.next().await;
    rename(&conversation, "Mine").await;
    model_call.answer("Hello.");
    answer(posted).await;
    assert_eq!(get_title(&conversation).await, "Mine");

    rename(&conversation, "").await;
    let posted = conversation.post(conversation.message("hello again"));
    model_calls.next().await.answer("Hello.");
    answer(posted).await;
    assert_eq!(get_title(&conversation).await, "");
}

async fn only_completed_turns_give_titles() {
    let (conversation, mut model_calls) = TestConversation::controlled().await;
    let posted = conversation.post(conversation.message("the first"));
    model_calls.next().await.fail("gone");
    refused(posted.await.expect("no panic"));
    assert_eq!(get_title(&conversation).await, "");

    let mut events = conversation.stream("the second").await;
    let started = next(&mut events).await;
    let model_call = model_calls.next().await;
    model_call.text("A beginning");
    next(&mut events).await;
    let cancel = CancelTurnRequest { id: started.turn_id };
    conversation.chat.clone().cancel_turn(cancel).await.expect("cancelled");
    rest(events).await;
    assert_eq!(get_title(&conversation).await, "");

    let posted = conversation.post(conversation.message("the third"));
    model_calls.next().await.answer("At last.");
    answer(posted).await;
    assert_eq!(get_title(&conversation).await, "the first");
}

database_tests! {
    tests:
        first_answered_message_gives_title,
        chat_conversations_get_titles,
        user_titles_are_not_replaced,
        only_completed_turns_give_titles;
}
