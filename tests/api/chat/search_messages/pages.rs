//! Pages of results (AIP-158).

use tandem_proto::chat::SearchMessagesRequest;

use super::{content, listening, page, request, say};
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

async fn pages_run_from_the_newest_to_the_oldest_with_none_lost_or_twice() {
    let app = listening().await;
    let chat = app.chat_as("alice");
    let mut ids = [String::new(), String::new()];
    let mut said = Vec::new();
    for number in 0..30 {
        let id = &mut ids[number % 2];
        let message = format!("remember number {number}");
        *id = say(&chat, id, &message).await;
        said.push(message);
    }
    said.reverse();
    for page_size in [1, 7, 29, 30, 31] {
        let request = SearchMessagesRequest { page_size, ..request("remember num", "") };
        assert_eq!(all(&chat, request).await, said, "pages of {page_size}");
    }
    let even = said.iter().skip(1).step_by(2).cloned().collect::<Vec<_>>();
    let narrowed = SearchMessagesRequest { page_size: 4, ..request("remember", &ids[0]) };
    assert_eq!(all(&chat, narrowed).await, even);

    // What comes in between moves nothing that is still to come.
    let request = SearchMessagesRequest { page_size: 20, ..request("remember", "") };
    let first = page(&chat, request.clone()).await;
    say(&chat, &ids[0], "remember this too").await;
    let page_token = first.next_page_token;
    let rest = page(&chat, SearchMessagesRequest { page_token, ..request }).await;
    let both = first.matches.iter().chain(&rest.matches).map(content).collect::<Vec<_>>();
    assert_eq!(both, said);
}

async fn a_page_has_twenty_results_if_not_asked_for_more_and_never_over_a_hundred() {
    let app = listening().await;
    let chat = app.chat_as("alice");
    let mut id = String::new();
    for _ in 0..51 {
        id = say(&chat, &id, "echo remember").await;
    }
    for (page_size, expected) in [(0, 20), (1, 1), (100, 100), (101, 100), (i32::MAX, 100)] {
        let request = SearchMessagesRequest { page_size, ..request("remember", "") };
        let found = page(&chat, request).await;
        assert_eq!(found.matches.len(), expected, "asked for {page_size}");
        assert!(!found.next_page_token.is_empty());
    }
}

async fn a_page_token_holds_for_its_user_and_its_query() {
    let app = listening().await;
    let (chat, bob) = (app.chat_as("alice"), app.chat_as("bob"));
    let mut id = String::new();
    for _ in 0..3 {
        id = say(&chat, &id, "remember me").await;
    }
    let request = SearchMessagesRequest { page_size: 1, ..request("remember", "") };
    let page_token = page(&chat, request.clone()).await.next_page_token;
    let next = SearchMessagesRequest { page_token, ..request };
    let rest = page(&chat, SearchMessagesRequest { page_size: 9, ..next.clone() }).await;
    assert_eq!(rest.matches.len(), 2, "another size is no other search");
    assert_eq!(fields(&refused(bob.clone().search_messages(next.clone()).await)), ["page_token"]);
    for other in [
        SearchMessagesRequest { query: "remember me".to_owned(), ..next.clone() },
        SearchMessagesRequest { conversation_id: id.clone(), ..next.clone() },
        SearchMessagesRequest { page_token: next.page_token[1..].to_owned(), ..next.clone() },
    ] {
        assert_eq!(fields(&refused(chat.clone().search_messages(other).await)), ["page_token"]);
    }
}

async fn a_page_of_the_longest_messages_there_are_can_be_read() {
    let app = listening().await;
    let chat = app.chat_as("alice");
    let long = format!("echo remember {}", "☑".repeat(9_900));
    let mut id = String::new();
    for _ in 0..12 {
        id = say(&chat, &id, &long).await;
    }
    let request = SearchMessagesRequest { page_size: 100, ..request("remember", "") };
    assert_eq!(all(&chat, request).await.len(), 24);
}

database_tests! {
    tests:
        pages_run_from_the_newest_to_the_oldest_with_none_lost_or_twice,
        a_page_has_twenty_results_if_not_asked_for_more_and_never_over_a_hundred,
        a_page_token_holds_for_its_user_and_its_query,
        a_page_of_the_longest_messages_there_are_can_be_read;
}
