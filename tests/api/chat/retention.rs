//! Purge of deleted conversations.

use tandem_config::HumanDuration;
use tandem_proto::chat::{
    ChatRequest, DeleteConversationRequest, GetConversationRequest, GetTurnRequest,
    GetUsageRequest, ListMessagesRequest, SearchMessagesRequest,
};
use tonic::Code;

use crate::support::app::{App, Start};
use crate::support::manual_clock::ManualClock;

/// Seconds in a day.
const DAY: u64 = 24 * 60 * 60;

pub(crate) async fn send(
    app: &App,
    user: &str,
    conversation_id: &str,
    message: &str,
) -> (String, String) {
    let request = ChatRequest {
        conversation_id: conversation_id.to_owned(),
        message: message.to_owned(),
        ..ChatRequest::default()
    };
    let answer = app.chat_as(user).chat(request).await.expect("an answer").into_inner();
    (answer.conversation_id, answer.turn_id)
}

pub(crate) async fn delete(app: &App, id: &str) {
    let request = DeleteConversationRequest { id: id.to_owned(), ..Default::default() };
    app.chat_as("alice").delete_conversation(request).await.expect("a deletion");
}

async fn purged_after_30_days_with_contents() {
    let clock = ManualClock::new();
    let start_time = Some(clock.now());
    let chat = |settings: &mut tandem_chat::Settings| {
        settings.purge.interval = HumanDuration::from_secs(1)
    };
    let app = App::start_with(Start { clock: clock.clock(), chat, ..Start::default() }).await;
    let (id, turn_id) = send(&app, "alice", "", "hello").await;
    let (kept, _) = send(&app, "alice", "", "stay").await;
    delete(&app, &id).await;
    clock.advance(30 * DAY + 1);
    let get = || GetConversationRequest { id: id.clone(), ..GetConversationRequest::default() };
    // The purge runs every second.
    while app.chat_as("alice").get_conversation(get()).await.is_ok() {}
    let request = ListMessagesRequest { conversation_id: id.clone(), ..Default::default() };
    let messages = app.chat_as("alice").list_messages(request).await.expect_err("gone");
    let request = GetTurnRequest { id: turn_id, ..GetTurnRequest::default() };
    let turn = app.chat_as("alice").get_turn(request).await.expect_err("gone");
    assert_eq!([messages.code(), turn.code()], [Code::PermissionDenied; 2]);
    let (query, conversation_id) = ("hello".to_owned(), id.clone());
    let search = SearchMessagesRequest { query, conversation_id, ..Default::default() };
    let found = app.chat_as("alice").search_messages(search.clone()).await.expect_err("gone");
    assert_eq!(found.code(), Code::PermissionDenied);
    let everywhere = SearchMessagesRequest { conversation_id: String::new(), ..search };
    let found = app.chat_as("alice").search_messages(everywhere).await.expect("a search");
    assert!(found.into_inner().matches.is_empty());
    let request = GetConversationRequest { id: kept, ..GetConversationRequest::default() };
    app.chat_as("alice").get_conversation(request).await.expect("the other conversation");
    // Usage of purged conversations stays counted.
    let since = GetUsageRequest { start_time, ..GetUsageRequest::default() };
    let usage = app.chat_as("alice").get_usage(since).await.expect("usage").into_inner().days;
    assert_eq!(usage[0].turn_count, 2);
}

database_tests! {
    tests:
        purged_after_30_days_with_contents;
}
