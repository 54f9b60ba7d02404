//! `GetTurn`.

use serde_json::json;
use tandem_proto::chat::{GetTurnRequest, Turn, TurnView};

use crate::support::test_conversation::{TestConversation, answer};

async fn full_view_has_the_last_prompt() {
    let (conversation, mut model_calls) = TestConversation::controlled().await;
    let posted = conversation.post(conversation.message("add milk"));
    model_calls.next().await.call("1", "add_task", json!({"title": "milk"}));
    let model_call = model_calls.next().await;
    let given = model_call.prompt.clone();
    let turn_id = conversation.newest_turn().await;
    let running = full(&conversation, &turn_id).await;
    model_call.answer("Added.");
    answer(posted).await;
    let later = conversation.post(conversation.message("and now something else"));
    model_calls.next().await.answer("Yes?");
    answer(later).await;

    let shown = full(&conversation, &turn_id).await.prompt;
    assert_eq!(shown, running.prompt, "later messages are not in the prompt");
    let roles = shown.iter().map(|entry| entry.role.as_str()).collect::<Vec<_>>();
    assert_eq!(roles, ["system", "user", "assistant", "tool"]);
    assert_eq!((&shown[0].content, shown[1].content.as_str()), (&given.system, "add milk"));
    assert_eq!((shown[2].tool_calls[0].name.as_str(), shown[2].tool_calls.len()), ("add_task", 1));
    assert!(shown[3].content.contains("\"created\""), "{:?}", shown[3]);
    assert!(conversation.turn(&turn_id).await.prompt.is_empty(), "only the full view has it");
}

async fn full(conversation: &TestConversation, id: &str) -> Turn {
    let request = GetTurnRequest { id: id.to_owned(), view: TurnView::Full.into() };
    conversation.chat.clone().get_turn(request).await.expect("the turn").into_inner()
}

database_tests! {
    tests:
        full_view_has_the_last_prompt;
}
