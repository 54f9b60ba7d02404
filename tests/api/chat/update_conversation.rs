//! `UpdateConversation`.

use prost_types::FieldMask;
use tandem_proto::chat::UpdateConversationRequest;
use tonic::Code;

use crate::support::app::App;
use crate::support::conversations::{create, deletion, get, renaming};
use crate::support::refusal::{fields, metadata, reason, refused};

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

database_tests! {
    tests:
        a_title_changes_only_where_the_mask_says_so_and_the_etag_is_current;
}
