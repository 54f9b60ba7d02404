//! `CreateConversation`, and a conversation from its creation to its deletion.

use std::collections::HashSet;

use prost_types::Timestamp;
use tandem_proto::chat::Conversation;

use crate::support::conversations::{create, delete, get, renaming, send, start_answering_app};
use crate::support::manual_clock::ManualClock;

/// The default retention of deleted resources, in seconds.
const THIRTY_DAYS: i64 = 30 * 24 * 60 * 60;

async fn creation_to_deletion() {
    let clock = ManualClock::new();
    let app = start_answering_app(&clock).await;
    let chat = app.chat_as("alice");
    let created = create(&chat, "  Holiday ").await;
    assert_eq!(
        created,
        Conversation {
            id: created.id.clone(),
            title: "Holiday".to_owned(),
            create_time: Some(clock.now()),
            update_time: Some(clock.now()),
            etag: created.etag.clone(),
            ..Default::default()
        }
    );
    assert_eq!(get(&chat, &created.id).await, created);

    let message_time = clock.advance(60);
    send(&chat, &created.id, "hello").await;
    let updated = get(&chat, &created.id).await;
    let (message_count, update_time) = (2, Some(message_time));
    assert_eq!(updated, Conversation { message_count, update_time, ..created.clone() });

    let change = clock.advance(60);
    let renamed = chat.clone().update_conversation(renaming(&created.id, "", "Rome")).await;
    let renamed = renamed.expect("a change").into_inner();
    let (title, etag) = ("Rome".to_owned(), renamed.etag.clone());
    assert_eq!(renamed, Conversation { title, etag, update_time: Some(change), ..updated });

    let end = clock.advance(60);
    let deleted = delete(&chat, &created.id).await;
    assert_eq!(
        deleted,
        Conversation {
            update_time: Some(end),
            delete_time: Some(end),
            purge_time: Some(Timestamp { seconds: end.seconds + THIRTY_DAYS, ..end }),
            etag: deleted.etag.clone(),
            ..renamed.clone()
        }
    );
    clock.advance(60);
    assert_eq!(delete(&chat, &created.id).await, deleted, "deletion is idempotent");
    assert_eq!(get(&chat, &created.id).await, deleted);
    let etags = [created.etag, renamed.etag, deleted.etag];
    assert_eq!(etags.iter().collect::<HashSet<_>>().len(), 3);
}

database_tests! {
    tests:
        creation_to_deletion;
}
