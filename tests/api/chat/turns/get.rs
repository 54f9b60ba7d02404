//! `GetTurn`.

use serde_json::json;
use tandem_proto::chat::{GetTurnRequest, Turn, TurnView};

use crate::support::test_conversation::{Talk, answer};

async fn the_full_view_of_a_turn_shows_what_the_model_was_given_when_it_was_asked_last() {
    let (talk, mut asks) = Talk::with_puppet().await;
    let posted = talk.post(talk.message("add milk"));
    asks.next().await.call("1", "add_task", json!({"title": "milk"}));
    let ask = asks.next().await;
    let given = ask.prompt.clone();
    let turn_id = talk.newest_turn().await;
    let running = full(&talk, &turn_id).await;
    ask.answer("Added.");
    answer(posted).await;
    let later = talk.post(talk.message("and now something else"));
    asks.next().await.answer("Yes?");
    answer(later).await;

    let shown = full(&talk, &turn_id).await.prompt;
    assert_eq!(shown, running.prompt, "what came later was not given");
    let roles = shown.iter().map(|entry| entry.role.as_str()).collect::<Vec<_>>();
    assert_eq!(roles, ["system", "user", "assistant", "tool"]);
    assert_eq!((&shown[0].content, shown[1].content.as_str()), (&given.system, "add milk"));
    assert_eq!((shown[2].tool_calls[0].name.as_str(), shown[2].tool_calls.len()), ("add_task", 1));
    assert!(shown[3].content.contains("\"created\""), "{:?}", shown[3]);
    assert!(talk.turn(&turn_id).await.prompt.is_empty(), "only the full view has it");
}

async fn full(talk: &Talk, id: &str) -> Turn {
    let request = GetTurnRequest { id: id.to_owned(), view: TurnView::Full.into() };
    talk.chat.clone().get_turn(request).await.expect("the turn").into_inner()
}

database_tests! {
    tests:
        the_full_view_of_a_turn_shows_what_the_model_was_given_when_it_was_asked_last;
}
