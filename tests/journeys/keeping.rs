//! What is kept of conversations: exports, usage, and what is removed for good.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use prost_types::Timestamp;
use serde_json::Value;
use tandem_config::HumanDuration;
use tandem_proto::chat::{
    ChatRequest, DeleteConversationRequest, ExportConversationRequest, ExportFormat,
    GetConversationRequest, GetTurnRequest, GetUsageRequest, ListMessagesRequest,
    SearchMessagesRequest, UndeleteConversationRequest,
};
use tandem_clock::Clock;
use tonic::Code;

use crate::app::{App, Start};

/// Monday, 2 March 2026, 23:00 UTC, in microseconds.
const MONDAY: i64 = 1_772_492_400_000_000;

/// Microseconds in a day.
const DAY: i64 = 24 * 60 * 60 * 1_000_000;

async fn say(app: &App, user: &str, conversation_id: &str, message: &str) -> (String, String) {
    let request = ChatRequest {
        conversation_id: conversation_id.to_owned(),
        message: message.to_owned(),
        ..ChatRequest::default()
    };
    let answer = app.chat_as(user).chat(request).await.expect("an answer").into_inner();
    (answer.conversation_id, answer.turn_id)
}

async fn export(app: &App, id: &str, format: ExportFormat) -> (String, String) {
    let request = ExportConversationRequest { id: id.to_owned(), format: format.into() };
    let pieces = app.chat_as("alice").export_conversation(request).await.expect("a document");
    let (mut pieces, mut document, mut kind) = (pieces.into_inner(), Vec::new(), String::new());
    while let Some(piece) = pieces.message().await.expect("no error") {
        document.extend(piece.content);
        kind.push_str(&piece.content_type);
    }
    (String::from_utf8(document).expect("UTF-8"), kind)
}

async fn delete(app: &App, id: &str) {
    let request = DeleteConversationRequest { id: id.to_owned(), ..Default::default() };
    app.chat_as("alice").delete_conversation(request).await.expect("a deletion");
}

#[tokio::test]
async fn an_export_holds_every_message_however_many_there_are() {
    let app = App::start().await;
    let (id, _) = say(&app, "alice", "", "add buy milk").await;
    // More messages than are read at a time.
    for _ in 0..30 {
        say(&app, "alice", &id, "hello \"you\"\nand <you>").await;
    }
    let (document, kind) = export(&app, &id, ExportFormat::Json).await;
    let document: Value = serde_json::from_str(&document).expect("JSON");
    assert_eq!((kind.as_str(), document["id"].as_str()), ("application/json", Some(id.as_str())));
    let messages = document["messages"].as_array().expect("messages");
    let sequences = messages.iter().map(|message| message["sequence"].as_i64());
    assert_eq!(sequences.collect::<Vec<_>>(), (1..=62).map(Some).collect::<Vec<_>>());
    assert_eq!(messages[2]["content"], "hello \"you\"\nand <you>");
    assert_eq!(messages[1]["toolCalls"][0]["name"], "add_task");

    let (document, kind) = export(&app, &id, ExportFormat::Markdown).await;
    assert_eq!(kind, "text/markdown; charset=utf-8");
    assert_eq!(document.matches("\n## User\n\n").count(), 31);
    assert!(document.contains("hello \"you\"\nand <you>") && document.contains("`add_task`"));
}

#[tokio::test]
async fn usage_is_counted_by_day_and_model_for_the_one_who_used_it() {
    let now = Arc::new(AtomicI64::new(MONDAY));
    let time = Arc::clone(&now);
    let clock = Clock::from_fn(move || tandem_clock::Timestamp::from_micros(time.load(Ordering::SeqCst)));
    let app = App::start_with(Start { clock, ..Start::default() }).await;
    let (id, _) = say(&app, "alice", "", "add buy milk").await;
    now.fetch_add(2 * 60 * 60 * 1_000_000, Ordering::SeqCst);
    say(&app, "alice", &id, "hello").await;
    say(&app, "alice", &id, "add buy milk and add buy bread").await;

    let request = GetUsageRequest::default();
    let usage = app.chat_as("alice").get_usage(request).await.expect("usage").into_inner().days;
    let counts = usage.iter().map(|day| {
        (day.date.as_str(), day.model.as_str(), day.turn_count, day.message_count, day.tool_call_count)
    });
    let expected = [("2026-03-03", "builtin", 2, 4, 2), ("2026-03-02", "builtin", 1, 2, 1)];
    assert_eq!(counts.collect::<Vec<_>>(), expected);
    assert!(usage.iter().all(|day| day.input_tokens > 0 && day.output_tokens > 0));

    let tuesday = Timestamp { seconds: (MONDAY + 60 * 60 * 1_000_000) / 1_000_000, nanos: 0 };
    let until = GetUsageRequest { end_time: Some(tuesday), ..GetUsageRequest::default() };
    let usage = app.chat_as("alice").get_usage(until).await.expect("usage").into_inner().days;
    assert_eq!(usage.iter().map(|day| day.date.as_str()).collect::<Vec<_>>(), ["2026-03-02"]);
    let from = GetUsageRequest { start_time: Some(tuesday), ..GetUsageRequest::default() };
    let usage = app.chat_as("alice").get_usage(from).await.expect("usage").into_inner().days;
    assert_eq!(usage.iter().map(|day| day.date.as_str()).collect::<Vec<_>>(), ["2026-03-03"]);
    let request = GetUsageRequest::default();
    assert!(app.chat_as("bob").get_usage(request).await.expect("usage").into_inner().days.is_empty());
}

#[tokio::test]
async fn a_deleted_conversation_can_be_taken_back() {
    let app = App::start().await;
    let (id, _) = say(&app, "alice", "", "hello").await;
    delete(&app, &id).await;
    let request = UndeleteConversationRequest { id: id.clone(), ..Default::default() };
    let back = app.chat_as("alice").undelete_conversation(request).await.expect("a return");
    assert_eq!(back.into_inner().delete_time, None);
    let (again, _) = say(&app, "alice", &id, "hello again").await;
    assert_eq!(again, id);
}

#[tokio::test]
async fn thirty_days_after_its_deletion_a_conversation_is_gone_with_everything_in_it() {
    let now = Arc::new(AtomicI64::new(MONDAY));
    let time = Arc::clone(&now);
    let clock = Clock::from_fn(move || tandem_clock::Timestamp::from_micros(time.load(Ordering::SeqCst)));
    let chat = |settings: &mut tandem_chat::Settings| settings.purge.interval = HumanDuration::from_secs(1);
    let app = App::start_with(Start { clock, chat, ..Start::default() }).await;
    let (id, turn_id) = say(&app, "alice", "", "hello").await;
    let (kept, _) = say(&app, "alice", "", "stay").await;
    delete(&app, &id).await;
    now.fetch_add(30 * DAY + 1, Ordering::SeqCst);
    let get = || GetConversationRequest { id: id.clone(), ..GetConversationRequest::default() };
    // The job runs each second.
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
    app.chat_as("alice").get_conversation(request).await.expect("the other one stays");
    // What was used stays counted.
    let since = GetUsageRequest {
        start_time: Some(Timestamp { seconds: MONDAY / 1_000_000, nanos: 0 }),
        ..GetUsageRequest::default()
    };
    let usage = app.chat_as("alice").get_usage(since).await.expect("usage").into_inner().days;
    assert_eq!(usage[0].turn_count, 2);
}
