//! Conversations, but for what is said in them.

mod messages;

use std::collections::HashSet;

use prost_types::FieldMask;
use tandem_proto::chat::{
    Conversation, ConversationView, CreateConversationRequest, CreateMessageRequest,
    DeleteConversationRequest, GetConversationRequest, ListConversationsRequest,
    ListConversationsResponse, UpdateConversationRequest,
};
use tonic::Code;

use crate::app::{App, Start};
use crate::hands::Hands;
use crate::puppet::{scripted, text};
use crate::refusal::{fields, metadata, reason, refused};
use crate::talk::Chat;

fn creation(title: &str) -> CreateConversationRequest {
    let conversation = Conversation { title: title.to_owned(), ..Default::default() };
    CreateConversationRequest { conversation: Some(conversation), ..Default::default() }
}

async fn create(chat: &Chat, title: &str) -> Conversation {
    let created = chat.clone().create_conversation(creation(title)).await;
    created.expect("a new conversation").into_inner()
}

async fn get(chat: &Chat, id: &str) -> Conversation {
    let request = GetConversationRequest { id: id.to_owned(), ..Default::default() };
    chat.clone().get_conversation(request).await.expect("the conversation").into_inner()
}

fn renaming(id: &str, etag: &str, title: &str) -> UpdateConversationRequest {
    let (id, etag, title) = (id.to_owned(), etag.to_owned(), title.to_owned());
    let conversation = Conversation { id, etag, title, ..Default::default() };
    UpdateConversationRequest { conversation: Some(conversation), ..Default::default() }
}

fn deletion(id: &str, etag: &str) -> DeleteConversationRequest {
    let (id, etag) = (id.to_owned(), etag.to_owned());
    DeleteConversationRequest { id, etag, ..Default::default() }
}

async fn delete(chat: &Chat, id: &str) -> Conversation {
    let deleted = chat.clone().delete_conversation(deletion(id, "")).await;
    deleted.expect("deletion").into_inner()
}

async fn page(chat: &Chat, request: ListConversationsRequest) -> ListConversationsResponse {
    chat.clone().list_conversations(request).await.expect("a page").into_inner()
}

async fn titles(chat: &Chat, show_deleted: bool) -> Vec<String> {
    let request = ListConversationsRequest { show_deleted, ..Default::default() };
    page(chat, request).await.conversations.into_iter().map(|it| it.title).collect()
}

/// A system whose model answers every message.
async fn answering(hands: &Hands) -> App {
    let model = scripted(|_| vec![text("An answer.")]);
    App::start_with(Start { clock: hands.clock(), model, ..Start::default() }).await
}

async fn say(chat: &Chat, conversation_id: &str, content: &str) {
    let (conversation_id, content) = (conversation_id.to_owned(), content.to_owned());
    let request = CreateMessageRequest { conversation_id, content, ..Default::default() };
    chat.clone().create_message(request).await.expect("an answer");
}

#[tokio::test]
async fn a_conversation_goes_through_its_whole_life() {
    let hands = Hands::new();
    let app = answering(&hands).await;
    let chat = app.chat_as("alice");
    let created = create(&chat, "  Holiday ").await;
    assert_eq!(
        created,
        Conversation {
            id: created.id.clone(),
            title: "Holiday".to_owned(),
            create_time: Some(hands.now()),
            update_time: Some(hands.now()),
            etag: created.etag.clone(),
            ..Default::default()
        }
    );
    assert_eq!(get(&chat, &created.id).await, created);

    let talking = hands.forward(60);
    say(&chat, &created.id, "hello").await;
    let spoken = get(&chat, &created.id).await;
    let (message_count, update_time) = (2, Some(talking));
    assert_eq!(spoken, Conversation { message_count, update_time, ..created.clone() });

    let change = hands.forward(60);
    let renamed = chat.clone().update_conversation(renaming(&created.id, "", "Rome")).await;
    let renamed = renamed.expect("a change").into_inner();
    let (title, etag) = ("Rome".to_owned(), renamed.etag.clone());
    assert_eq!(renamed, Conversation { title, etag, update_time: Some(change), ..spoken });

    let end = hands.forward(60);
    let deleted = delete(&chat, &created.id).await;
    assert_eq!(
        deleted,
        Conversation {
            update_time: Some(end),
            delete_time: Some(end),
            etag: deleted.etag.clone(),
            ..renamed.clone()
        }
    );
    hands.forward(60);
    assert_eq!(delete(&chat, &created.id).await, deleted, "gone is gone");
    assert_eq!(get(&chat, &created.id).await, deleted);
    let etags = [created.etag, renamed.etag, deleted.etag];
    assert_eq!(etags.iter().collect::<HashSet<_>>().len(), 3);
}

#[tokio::test]
async fn a_deleted_conversation_leaves_the_list_and_takes_no_message_and_no_title() {
    let app = answering(&Hands::new()).await;
    let mut chat = app.chat_as("alice");
    let [gone, _kept] = [create(&chat, "gone").await, create(&chat, "kept").await];
    say(&chat, &gone.id, "hello").await;
    let deleted = delete(&chat, &gone.id).await;
    assert_eq!(titles(&chat, false).await, ["kept"]);
    assert_eq!(titles(&chat, true).await, ["kept", "gone"]);

    let (conversation_id, content) = (gone.id.clone(), "hello?".to_owned());
    let message = CreateMessageRequest { conversation_id, content, ..Default::default() };
    let expected = (Code::FailedPrecondition, "STATE_CONFLICT".to_owned());
    assert_eq!(reason(&refused(chat.create_message(message).await)), expected);
    let renamed = chat.update_conversation(renaming(&gone.id, "", "new")).await;
    assert_eq!(reason(&refused(renamed)), expected);
    assert_eq!(get(&chat, &gone.id).await, deleted);
}

#[tokio::test]
async fn pages_run_from_the_newest_conversation_to_the_oldest() {
    let app = App::start().await;
    let mut chat = app.chat_as("alice");
    create(&app.chat_as("bob"), "of somebody else").await;
    let mut created = Vec::new();
    for number in 0..101 {
        created.push(create(&chat, &number.to_string()).await);
    }
    created.reverse();
    for (page_size, expected) in [(0, 20), (7, 7), (100, 100), (101, 100)] {
        let page = page(&chat, ListConversationsRequest { page_size, ..Default::default() }).await;
        assert_eq!(page.conversations, created[..expected], "asked for {page_size}");
    }

    let mut request = ListConversationsRequest { page_size: 40, ..Default::default() };
    let mut seen = Vec::new();
    loop {
        let next = page(&chat, request.clone()).await;
        seen.extend(next.conversations);
        // Neither a new one nor the end of one that was seen moves what is to come.
        create(&chat, "meanwhile").await;
        delete(&chat, &seen[0].id).await;
        if next.next_page_token.is_empty() {
            break;
        }
        request.page_token = next.next_page_token;
    }
    assert_eq!(seen, created);

    let show_deleted = ListConversationsRequest { show_deleted: true, ..request.clone() };
    assert_eq!(fields(&refused(chat.list_conversations(show_deleted).await)), ["page_token"]);
    let negative = ListConversationsRequest { page_size: -1, ..Default::default() };
    assert_eq!(fields(&refused(chat.list_conversations(negative).await)), ["page_size"]);
}

#[tokio::test]
async fn a_title_changes_only_where_the_mask_says_so_and_the_etag_is_current() {
    let app = App::start().await;
    let mut chat = app.chat_as("alice");
    let created = create(&chat, "old").await;
    let masked = |mask: &str, title: &str| UpdateConversationRequest {
        update_mask: Some(FieldMask { paths: vec![mask.to_owned()] }),
        ..renaming(&created.id, "", title)
    };
    for request in [renaming(&created.id, "", ""), masked("etag", "x"), masked("messages", "x")] {
        let unchanged = chat.update_conversation(request).await.expect("an answer").into_inner();
        assert_eq!(unchanged, created);
    }
    for (request, fault) in [
        (masked("name", "x"), "update_mask.paths[0]"),
        (masked("title", &"x".repeat(201)), "conversation.title"),
        (renaming("", "", "x"), "conversation.id"),
    ] {
        assert_eq!(fields(&refused(chat.update_conversation(request).await)), [fault]);
    }
    let cleared = chat.update_conversation(masked("*", "")).await.expect("a change").into_inner();
    assert_eq!(cleared.title, "");

    for refusal in [
        refused(chat.update_conversation(renaming(&created.id, &created.etag, "late")).await),
        refused(chat.delete_conversation(deletion(&created.id, &created.etag)).await),
    ] {
        assert_eq!(reason(&refusal), (Code::Aborted, "ETAG_MISMATCH".to_owned()));
        assert_eq!(metadata(&refusal, "etag"), cleared.etag);
    }
    assert_eq!(get(&chat, &created.id).await, cleared);
    let deleted = chat.delete_conversation(deletion(&created.id, &cleared.etag)).await;
    assert!(deleted.expect("deletion").into_inner().delete_time.is_some());
}

#[tokio::test]
async fn a_repeated_request_does_nothing_more_and_answers_as_before() {
    let app = App::start().await;
    let mut chat = app.chat_as("alice");
    let creation =
        |title| CreateConversationRequest { request_id: "create".to_owned(), ..creation(title) };
    let created = chat.create_conversation(creation("one")).await.expect("one").into_inner();
    let id = created.id.as_str();
    let renaming = UpdateConversationRequest {
        request_id: "rename".to_owned(),
        ..renaming(id, &created.etag, "two")
    };
    let renamed = chat.update_conversation(renaming.clone()).await.expect("two").into_inner();
    let deletion = DeleteConversationRequest {
        request_id: "delete".to_owned(),
        ..deletion(id, &renamed.etag)
    };
    let deleted = chat.delete_conversation(deletion.clone()).await.expect("end").into_inner();

    let again = [
        chat.create_conversation(creation("one")).await,
        chat.update_conversation(renaming.clone()).await,
        chat.delete_conversation(deletion).await,
    ];
    let again = again.map(|answer| answer.expect("the first answer").into_inner());
    assert_eq!(again, [created, renamed, deleted]);
    assert_eq!(titles(&chat, true).await, ["two"]);

    let reused = UpdateConversationRequest { request_id: "create".to_owned(), ..renaming };
    for refusal in [
        refused(chat.create_conversation(creation("other")).await),
        refused(chat.update_conversation(reused).await),
    ] {
        assert_eq!(reason(&refusal), (Code::AlreadyExists, "REQUEST_ID_REUSED".to_owned()));
    }
    let mut bob = app.chat_as("bob");
    bob.create_conversation(creation("other")).await.expect("ids of others do not matter");
}

#[tokio::test]
async fn the_full_view_brings_the_messages_and_so_does_the_older_path() {
    let app = answering(&Hands::new()).await;
    let mut chat = app.chat_as("alice");
    let id = create(&chat, "").await.id;
    say(&chat, &id, "hello").await;
    for (view, user_id, expected) in [
        (ConversationView::Unspecified, "", &[][..]),
        (ConversationView::Basic, "alice", &[]),
        (ConversationView::Full, "", &["hello", "An answer."]),
        (ConversationView::Unspecified, "alice", &["hello", "An answer."]),
    ] {
        let (id, user_id) = (id.clone(), user_id.to_owned());
        let request = GetConversationRequest { id, view: view.into(), user_id };
        let found = chat.get_conversation(request).await.expect("a conversation").into_inner();
        let contents = found.messages.iter().map(|it| it.content.as_str()).collect::<Vec<_>>();
        assert_eq!(contents, expected, "{view:?}");
    }
}
