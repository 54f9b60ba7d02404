//! `ExportConversation`.

use serde_json::Value;
use tandem_proto::chat::{ExportConversationRequest, ExportFormat};

use crate::chat::retention::say;
use crate::support::app::App;

async fn export(app: &App, id: &str, format: ExportFormat) -> (String, String) {
    let request = ExportConversationRequest { id: id.to_owned(), format: format.into() };
    let pieces = app.chat_as("alice").export_conversation(request).await.expect("a document");
    let (mut pieces, mut document, mut kind) = (pieces.into_inner(), Vec::new(), String::new());
    while let Some(piece) = pieces.message().await.expect("no error") {
        document.extend(piece.data);
        kind.push_str(&piece.content_type);
    }
    (String::from_utf8(document).expect("UTF-8"), kind)
}

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

database_tests! {
    tests:
        an_export_holds_every_message_however_many_there_are;
}
