//! A conversation from its creation to its deletion.

use std::collections::HashSet;

use tandem_proto::chat::Conversation;

use crate::support::conversations::{answering, create, delete, get, renaming, say};
use crate::support::manual_clock::Hands;

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

database_tests! {
    tests:
        a_conversation_goes_through_its_whole_life;
}
