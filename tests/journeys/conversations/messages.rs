//! Reading what was said.

use std::collections::BTreeMap;

use tandem_proto::chat::{
    ChatRequest, ConversationView, CreateMessageRequest, GetConversationRequest, GetMessageRequest,
    ListMessagesRequest, Role, StreamMessageRequest,
};

use crate::puppet::{newest, scripted, text};
use crate::refusal::{fields, refused};
use crate::talk::{Talk, begin, rest};

/// A conversation in which every message is answered with an echo.
async fn echoing() -> Talk {
    Talk::with(scripted(|prompt| vec![text(&format!("You said: {}", newest(prompt)))])).await
}

fn request(id: &str, order_by: &str, page_size: i32, page_token: &str) -> ListMessagesRequest {
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

#[tokio::test]
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

#[tokio::test]
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

#[tokio::test]
async fn a_message_is_read_by_its_id_as_it_was_answered() {
    let talk = echoing().await;
    let answer = talk.say("  hello ").await.expect("an answer").into_inner();
    let said = answer.user_message.expect("the message");
    let echo = answer.assistant_message.expect("the answer");
    assert_eq!((said.content.as_str(), said.sequence), ("hello", 1));
    assert_eq!((echo.content.as_str(), echo.sequence), ("You said: hello", 2));
    for message in [&said, &echo] {
        assert_eq!(message.conversation_id, talk.id);
        assert_eq!(message.turn_id, answer.turn_id);
        let request = GetMessageRequest { id: message.id.clone() };
        let read = talk.chat.clone().get_message(request).await.expect("a message").into_inner();
        assert_eq!(&read, message);
    }
    assert_eq!(talk.messages().await, [said, echo]);
}

#[tokio::test]
async fn metadata_is_kept_with_its_message_however_it_is_posted() {
    let talk = echoing().await;
    let metadata = [("time_zone", "Europe/Berlin"), ("client", "phone ☎"), ("empty", "")];
    let metadata = BTreeMap::from(metadata.map(|(key, value)| (key.to_owned(), value.to_owned())));
    let mut chat = talk.chat.clone();

    let request = CreateMessageRequest { metadata: metadata.clone(), ..talk.message("one") };
    let answer = chat.create_message(request).await.expect("an answer").into_inner();
    assert_eq!(answer.user_message.expect("the message").metadata, metadata);
    assert!(answer.assistant_message.expect("the answer").metadata.is_empty());

    let request = ChatRequest {
        conversation_id: talk.id.clone(),
        message: "two".to_owned(),
        metadata: metadata.clone(),
        ..Default::default()
    };
    chat.chat(request).await.expect("an answer");
    let request = StreamMessageRequest {
        conversation_id: talk.id.clone(),
        content: "three".to_owned(),
        metadata: metadata.clone(),
        ..Default::default()
    };
    rest(chat.stream_message(request).await.expect("a stream").into_inner()).await;

    let messages = talk.messages().await;
    let kept = messages.iter().filter(|it| it.role() == Role::User).map(|it| &it.metadata);
    assert_eq!(kept.collect::<Vec<_>>(), [&metadata; 3]);
}

#[tokio::test]
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
