//! The chat service.

use serde_json::json;
use tandem_proto::chat::{ExportConversationRequest, FollowTurnRequest, ListMessagesRequest};

use super::Attack;
use crate::support::app::Start;
use crate::support::controlled_model::{call, scripted, text};
use crate::support::conversations::get;
use crate::support::test_conversation::{TestConversation, begin, rest};

/// While alice does not read the responses to `request`, bob reads his conversation.
async fn attack<M: prost::Message>(
    conversation: &TestConversation,
    path: &'static str,
    request: M,
) {
    let app = &conversation.app;
    let bob = app.chat_as("bob");
    let id = begin(&bob).await;
    let token = app.issuer.token("alice");
    let attack = Attack { address: app.chat_address, token: &token, path, request };
    attack.run(&app.chat, async || drop(get(&bob, &id).await)).await;
}

/// A conversation that is longer than the default windows.
async fn long_conversation() -> TestConversation {
    let conversation =
        TestConversation::with(scripted(|_| vec![text(&"long ".repeat(20_000))])).await;
    for _ in 0..3 {
        conversation.send("tell me more").await.expect("an answer");
    }
    conversation
}

async fn unread_exports_hold_nobody_up() {
    let conversation = long_conversation().await;
    let request = ExportConversationRequest { id: conversation.id.clone(), ..Default::default() };
    attack(&conversation, "/tandem.chat.v1.ChatService/ExportConversation", request).await;
}

async fn unread_message_lists_hold_nobody_up() {
    let conversation = long_conversation().await;
    let request = ListMessagesRequest {
        conversation_id: conversation.id.clone(),
        page_size: 500,
        ..ListMessagesRequest::default()
    };
    attack(&conversation, "/tandem.chat.v1.ChatService/ListMessages", request).await;
}

/// A turn with more events than one query reads, and then with more text than the windows admit.
async fn unread_turns_hold_nobody_up() {
    let model = scripted(|prompt| match prompt.entries.len() {
        1 => (0..200).map(|id| call(&id.to_string(), "no_such_tool", json!({}))).collect(),
        _ => vec![text(&"long ".repeat(40_000))],
    });
    let chat = |settings: &mut tandem_chat::Settings| settings.agent.tool_calls = 500;
    let conversation = TestConversation::start(Start { model, chat, ..Start::default() }).await;
    let events = rest(conversation.stream("hello").await).await;
    let request = FollowTurnRequest { id: events[0].turn_id.clone(), after_sequence: 0 };
    attack(&conversation, "/tandem.chat.v1.ChatService/FollowTurn", request).await;
}

database_tests! {
    two_threads:
        unread_exports_hold_nobody_up,
        unread_message_lists_hold_nobody_up,
        unread_turns_hold_nobody_up;
}
