//! Pages of results (AIP-158).

use tandem_proto::chat::SearchMessagesRequest;

use super::{content, page, request, send, start_echo_app};
use crate::support::refusal::{fields, refused};
use crate::support::test_conversation::Chat;

/// All pages of a search, joined.
async fn all(chat: &Chat, mut request: SearchMessagesRequest) -> Vec<String> {
    let mut found = Vec::new();
    loop {
        let next = page(chat, request.clone()).await;
        assert!(next.matches.len() <= request.page_size as usize);
        found.extend(next.matches.iter().map(|it| content(it).to_owned()));
        if next.next_page_token.is_empty() {
            return found;
        }
        request.page_token = next.next_page_token;
    }
}

async fn pages_are_newest_first_and_complete() {
    let app = start_echo_app().await;
    let chat = app.chat_as("alice");
    let mut ids = [String::new(), String::new()];
    let mut messages = Vec::new();
    for number in 0..30 {
        let id = &mut ids[number % 2];
        let message = format!("remember number {number}");
        *id = send(&chat, id, &message).await;
        messages.push(message);
    }
    messages.reverse();
    for page_size in [1, 7, 29, 30, 31] {
        let request = SearchMessagesRequest { page_size, ..request("remember num", "") };
        assert_eq!(all(&chat, request).await, messages, "pages of {page_size}");
    }
    let even = messages.iter().skip(1).step_by(2).cloned().collect::<Vec<_>>();
    let narrowed = SearchMessagesRequest { page_size: 4, ..request("remember", &ids[0]) };
    assert_eq!(all(&chat, narrowed).await, even);

    // New messages between pages do not change the remaining pages.
    let request = SearchMessagesRequest { page_size: 20, ..request("remember", "") };
    let first = page(&chat, request.clone()).await;
    send(&chat, &ids[0], "remember this too").await;
    let page_token = first.next_page_token;
    let rest = page(&chat, SearchMessagesRequest { page_token, ..request }).await;
    let both = first.matches.iter().chain(&rest.matches).map(content).collect::<Vec<_>>();
    assert_eq!(both, messages);
}

async fn default_and_maximum_page_size() {
    let app = start_echo_app().await;
    let chat = app.chat_as("alice");
    let mut id = String::new();
    for _ in 0..51 {
        id = send(&chat, &id, "echo remember").await;
    }
    for (page_size, expected) in [(0, 20), (1, 1), (100, 100), (101, 100), (i32::MAX, 100)] {
        let request = SearchMessagesRequest { page_size, ..request("remember", "") };
        let found = page(&chat, request).await;
        assert_eq!(found.matches.len(), expected, "page_size {page_size}");
        assert!(!found.next_page_token.is_empty());
    }
}

async fn page_token_is_bound_to_its_search() {
    let app = start_echo_app().await;
    let (chat, bob) = (app.chat_as("alice"), app.chat_as("bob"));
    let mut id = String::new();
    for _ in 0..3 {
        id = send(&chat, &id, "remember me").await;
    }
    let request = SearchMessagesRequest { page_size: 1, ..request("remember", "") };
    let page_token = page(&chat, request.clone()).await.next_page_token;
    let next = SearchMessagesRequest { page_token, ..request };
    let rest = page(&chat, SearchMessagesRequest { page_size: 9, ..next.clone() }).await;
    assert_eq!(rest.matches.len(), 2, "the page size may change");
    assert_eq!(fields(&refused(bob.clone().search_messages(next.clone()).await)), ["page_token"]);
    for other in [
        SearchMessagesRequest { query: "remember me".to_owned(), ..next.clone() },
        SearchMessagesRequest { conversation_id: id.clone(), ..next.clone() },
        SearchMessagesRequest { page_token: next.page_token[1..].to_owned(), ..next.clone() },
    ] {
        assert_eq!(fields(&refused(chat.clone().search_messages(other).await)), ["page_token"]);
    }
}

async fn longest_messages_fit_into_pages() {
    let app = start_echo_app().await;
    let chat = app.chat_as("alice");
    let long = format!("echo remember {}", "☑".repeat(9_900));
    let mut id = String::new();
    for _ in 0..12 {
        id = send(&chat, &id, &long).await;
    }
    let request = SearchMessagesRequest { page_size: 100, ..request("remember", "") };
    assert_eq!(all(&chat, request).await.len(), 24);
}

database_tests! {
    tests:
        pages_are_newest_first_and_complete,
        default_and_maximum_page_size,
        page_token_is_bound_to_its_search,
        longest_messages_fit_into_pages;
}
