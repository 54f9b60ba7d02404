//! `ListConversations`.

use tandem_proto::chat::ListConversationsRequest;

use crate::support::app::App;
use crate::support::conversations::{create, delete, page};
use crate::support::refusal::{fields, refused};

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

database_tests! {
    tests:
        pages_run_from_the_newest_conversation_to_the_oldest;
}
