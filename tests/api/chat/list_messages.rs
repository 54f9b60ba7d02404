//! `ListMessages`.

use tandem_proto::chat::{ConversationView, GetConversationRequest, ListMessagesRequest, Role};

use crate::support::refusal::{fields, refused};
use crate::support::test_conversation::{Talk, begin, echoing};

pub(crate) fn request(
    id: &str,
    order_by: &str,
    page_size: i32,
    page_token: &str,
) -> ListMessagesRequest {
    ListMessagesRequest {
        conversation_id: id.to_owned(),
        page_size,
        page_token: page_token.to_owned(),
        order_by: order_by.to_owned(),
    }
}

/// The sequence numbers of all pages of a list.
async fn sequences(talk: &Talk, order_by: &str, size: i32) -> Vec<i64> {
    let (mut found, mut token) = (Vec::new(), String::new());
    loop {
        let request = request(&talk.id, order_by, size, &token);
        let next = talk.chat.clone().list_messages(request).await.expect("a page").into_inner();
        assert!(next.messages.len() <= size as usize);
        found.extend(next.messages.iter().map(|message| message.sequence));
        token = next.next_page_token;
        if token.is_empty() {
            return found;
        }
    }
}

async fn messages_are_listed_both_ways_page_by_page() {
    let talk = echoing().await;
    for number in 1..=3 {
        talk.say(&format!("message {number}")).await.expect("an answer");
    }
    let oldest_first = talk.messages().await;
    let contents = oldest_first.iter().map(|it| it.content.as_str()).collect::<Vec<_>>();
    assert_eq!(
        contents,
        [
            "message 1",
            "You said: message 1",
            "message 2",
            "You said: message 2",
            "message 3",
            "You said: message 3",
        ]
    );
    let roles = oldest_first.iter().map(|it| it.role()).collect::<Vec<_>>();
    assert_eq!(roles, [Role::User, Role::Assistant].repeat(3));
    for size in [1, 4, 6, 500] {
        assert_eq!(sequences(&talk, "", size).await, [1, 2, 3, 4, 5, 6]);
        assert_eq!(sequences(&talk, "sequence", size).await, [1, 2, 3, 4, 5, 6]);
        assert_eq!(sequences(&talk, "sequence desc", size).await, [6, 5, 4, 3, 2, 1]);
    }
}

async fn a_page_token_holds_for_its_conversation_and_order() {
    let talk = echoing().await;
    talk.say("hello").await.expect("an answer");
    let (mut chat, id, other) = (talk.chat.clone(), &talk.id, &begin(&talk.chat).await);
    let first = chat.list_messages(request(id, "", 1, "")).await.expect("a page").into_inner();
    let token = first.next_page_token.as_str();
    for (request, fault) in [
        (request(id, "sequence desc", 1, token), "page_token"),
        (request(other, "", 1, token), "page_token"),
        (request(id, "create_time", 1, ""), "order_by"),
        (request(id, "", -1, ""), "page_size"),
    ] {
        assert_eq!(fields(&refused(chat.list_messages(request).await)), [fault]);
    }
    let rest = chat.list_messages(request(id, "", 500, token)).await.expect("a page").into_inner();
    assert_eq!(rest.messages.iter().map(|it| it.sequence).collect::<Vec<_>>(), [2]);
}

async fn the_longest_messages_there_are_can_be_listed_and_come_with_their_conversation() {
    let talk = echoing().await;
    for _ in 0..15 {
        talk.say(&"☑".repeat(10_000)).await.expect("an answer");
    }
    assert_eq!(sequences(&talk, "", 500).await, (1..=30).collect::<Vec<_>>());
    assert_eq!(sequences(&talk, "sequence desc", 500).await, (1..=30).rev().collect::<Vec<_>>());

    let view = ConversationView::Full.into();
    let request = GetConversationRequest { id: talk.id.clone(), view, ..Default::default() };
    let whole = talk.chat.clone().get_conversation(request).await.expect("it fits").into_inner();
    assert_eq!(whole.message_count, 30);
    assert_eq!(whole.messages.last().map(|it| it.sequence), Some(30), "the newest ones");
}

database_tests! {
    tests:
        messages_are_listed_both_ways_page_by_page,
        a_page_token_holds_for_its_conversation_and_order,
        the_longest_messages_there_are_can_be_listed_and_come_with_their_conversation;
}
