//! The `time_zone` of a message, in the field and in the metadata.

use std::collections::BTreeMap;

use tandem_proto::chat::{ChatRequest, CreateMessageRequest, StreamMessageRequest};

use crate::support::app::{App, Start};
use crate::support::controlled_model::puppet;
use crate::support::manual_clock::Hands;
use crate::support::refusal::{fields, refused};
use crate::support::test_conversation::{Talk, answer, begin};

fn zone(name: &str) -> BTreeMap<String, String> {
    BTreeMap::from([("time_zone".to_owned(), name.to_owned())])
}

async fn the_field_overrides_the_metadata() {
    let (model, mut asks) = puppet();
    let clock = Hands::new().clock();
    let talk = Talk::start(Start { model, clock, ..Start::default() }).await;
    for (time_zone, metadata, now) in [
        ("Asia/Tokyo", zone("Europe/Berlin"), "2026-03-02T18:00:00+09:00"),
        ("", zone("Europe/Berlin"), "2026-03-02T10:00:00+01:00"),
        ("Asia/Kathmandu", BTreeMap::new(), "2026-03-02T14:45:00+05:45"),
        ("", BTreeMap::new(), "2026-03-02T14:45:00+05:45"),
    ] {
        let time_zone = time_zone.to_owned();
        let message = CreateMessageRequest { metadata, time_zone, ..talk.message("hello") };
        let posted = talk.post(message);
        let ask = asks.next().await;
        assert_eq!(ask.prompt.now.to_rfc3339(), now);
        ask.answer("Hello.");
        answer(posted).await;
    }
    assert_eq!(talk.messages().await[0].metadata, zone("Asia/Tokyo"));
}

async fn an_unknown_zone_is_named() {
    let app = App::start().await;
    let mut chat = app.chat_as("alice");
    let conversation_id = begin(&chat).await;
    for unknown in ["Mars/Olympus", "Berlin", "UTC+1", "Europe/Berlin "] {
        let time_zone = unknown.to_owned();
        let message = CreateMessageRequest {
            conversation_id: conversation_id.clone(),
            content: "hello".to_owned(),
            time_zone: time_zone.clone(),
            metadata: zone("Nowhere"),
            ..Default::default()
        };
        let answer = chat.create_message(message).await;
        assert_eq!(fields(&refused(answer)), ["time_zone", "metadata[\"time_zone\"]"]);
        let message = StreamMessageRequest {
            conversation_id: conversation_id.clone(),
            content: "hello".to_owned(),
            time_zone: time_zone.clone(),
            ..Default::default()
        };
        assert_eq!(fields(&refused(chat.stream_message(message).await)), ["time_zone"]);
        let message = ChatRequest { message: " ".to_owned(), time_zone, ..Default::default() };
        assert_eq!(fields(&refused(chat.chat(message).await)), ["message", "time_zone"]);
    }
}

async fn the_same_zone_is_the_same_request() {
    let app = App::start().await;
    let mut chat = app.chat_as("alice");
    let hello = ChatRequest {
        message: "hello".to_owned(),
        request_id: "r1".to_owned(),
        ..Default::default()
    };
    let in_field = ChatRequest { time_zone: "Asia/Tokyo".to_owned(), ..hello.clone() };
    let in_metadata = ChatRequest { metadata: zone("Asia/Tokyo"), ..hello };
    let first = chat.chat(in_field).await.expect("an answer").into_inner();
    let again = chat.chat(in_metadata).await.expect("the same answer").into_inner();
    assert_eq!(first, again);
}

database_tests! {
    tests:
        the_field_overrides_the_metadata,
        an_unknown_zone_is_named,
        the_same_zone_is_the_same_request;
}
