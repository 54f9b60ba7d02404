//! Messages.

use std::collections::BTreeMap;

use tandem_proto::chat::{
    ChatRequest, CreateConversationRequest, CreateMessageRequest, GetConversationRequest,
    ListConversationsRequest, StreamMessageRequest,
};

use super::fields;
use crate::support::app::App;

/// A conversation of Alice's.
async fn conversation(app: &App) -> String {
    let request = CreateConversationRequest::default();
    app.chat_as("alice").create_conversation(request).await.expect("one").into_inner().id
}

fn pair(key: &str, value: &str) -> BTreeMap<String, String> {
    BTreeMap::from([(key.to_owned(), value.to_owned())])
}

/// A message in which every field is wrong but the conversation, and the fields that a refusal names
/// for it beside that of the text.
fn wrong(conversation_id: &str) -> (CreateMessageRequest, Vec<String>) {
    let mut metadata =
        (0..15).map(|n| (n.to_string(), "x".repeat(513))).collect::<BTreeMap<_, _>>();
    metadata.extend(pair(&"k".repeat(65), ""));
    metadata.extend(pair("time_zone", "Mars/Olympus"));
    let mut named = (0..15).map(|n| format!("metadata[\"{n}\"]")).collect::<Vec<_>>();
    let others =
        ["metadata", "metadata", "metadata[\"time_zone\"]", "time_zone", "model", "request_id"];
    named.extend(others.map(str::to_owned));
    let request = CreateMessageRequest {
        conversation_id: conversation_id.to_owned(),
        content: " \n".to_owned(),
        metadata,
        time_zone: "Berlin".to_owned(),
        model: "unheard-of".to_owned(),
        request_id: "x".repeat(129),
    };
    (request, named)
}

async fn everything_that_is_wrong_with_a_message_is_said_at_once_and_nothing_is_stored() {
    let app = App::start().await;
    let (mut client, id) = (app.chat_as("alice"), conversation(&app).await);
    let (request, named) = wrong(&id);
    let expected = |text: &str| {
        let mut fields = [named.as_slice(), &[text.to_owned()]].concat();
        fields.sort();
        fields
    };
    let CreateMessageRequest { conversation_id, content, metadata, time_zone, model, request_id } =
        request.clone();
    let streamed = StreamMessageRequest {
        conversation_id: conversation_id.clone(),
        content: content.clone(),
        metadata: metadata.clone(),
        time_zone: time_zone.clone(),
        model: model.clone(),
        request_id: request_id.clone(),
    };
    let anywhere = ChatRequest {
        message: content,
        metadata,
        time_zone,
        model,
        request_id,
        ..Default::default()
    };
    assert_eq!(fields(client.create_message(request).await), expected("content"));
    assert_eq!(fields(client.stream_message(streamed).await), expected("content"));
    assert_eq!(fields(client.chat(anywhere.clone()).await), expected("message"));
    assert_eq!(
        fields(client.chat(ChatRequest { conversation_id, ..anywhere }).await),
        expected("message")
    );

    let get = GetConversationRequest { id, view: 2, ..Default::default() };
    let conversation = client.get_conversation(get).await.expect("one").into_inner();
    assert_eq!((conversation.message_count, conversation.messages.len()), (0, 0));
    let list = client.list_conversations(ListConversationsRequest::default()).await;
    assert_eq!(list.expect("a list").into_inner().conversations.len(), 1);
}

async fn a_message_has_to_say_something() {
    let app = App::start().await;
    let (mut client, conversation_id) = (app.chat_as("alice"), conversation(&app).await);
    let long = "é".repeat(10_001);
    for content in ["", "   ", "\n\t\u{2003}", "\0\u{8}\u{9f}", "\u{202d}\u{202e}", &long] {
        let (conversation_id, content) = (conversation_id.clone(), content.to_owned());
        let request = CreateMessageRequest { conversation_id, content, ..Default::default() };
        assert_eq!(fields(client.create_message(request).await), ["content"]);
    }
}

async fn metadata_has_its_limits_and_keys_that_are_clean() {
    let app = App::start().await;
    let mut client = app.chat_as("alice");
    let post =
        |metadata| ChatRequest { message: "help".to_owned(), metadata, ..Default::default() };
    let bad = [
        ((0..17).map(|n| (n.to_string(), String::new())).collect(), "metadata"),
        (pair("", "v"), "metadata"),
        (pair(" k", "v"), "metadata"),
        (pair("k\0", "v"), "metadata"),
        (pair(&"k".repeat(65), "v"), "metadata"),
        (pair("k", &"v".repeat(513)), "metadata[\"k\"]"),
        (pair("time_zone", "Berlin"), "metadata[\"time_zone\"]"),
        (pair("time_zone", ""), "metadata[\"time_zone\"]"),
    ];
    for (metadata, field) in bad {
        assert_eq!(fields(client.chat(post(metadata)).await), [field]);
    }
    let mut most = (0..14).map(|n| (n.to_string(), "v".repeat(512))).collect::<BTreeMap<_, _>>();
    most.extend(pair(&"k".repeat(64), ""));
    most.extend(pair("time_zone", "Europe/Berlin"));
    client.chat(post(most)).await.expect("as much as there may be");
}

database_tests! {
    tests:
        everything_that_is_wrong_with_a_message_is_said_at_once_and_nothing_is_stored,
        a_message_has_to_say_something,
        metadata_has_its_limits_and_keys_that_are_clean;
}
