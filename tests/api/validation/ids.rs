//! Ids, views and positions.

use tandem_proto::chat::{
    ConversationView, FollowTurnRequest, GetConversationRequest, GetTurnRequest,
};
use uuid::Uuid;

use super::{fields, named};
use crate::support::app::App;
use crate::support::by_id;
use crate::support::by_id::Ids;

async fn every_method_says_which_id_is_none() {
    let app = App::start().await;
    let id = Uuid::now_v7();
    let simple = id.simple().to_string();
    let forms = [simple, id.braced().to_string(), id.urn().to_string(), format!(" {id}")];
    for id in forms.into_iter().chain(["7".to_owned(), "not-a-uuid".to_owned()]) {
        let ids = Ids {
            task: id.clone(),
            conversation: id.clone(),
            message: id.clone(),
            turn: id.clone(),
        };
        for (method, answer) in by_id::call_all(&app, "alice", &ids).await {
            let expected = match method.as_str() {
                "UpdateTask" => "task.id",
                "UpdateConversation" => "conversation.id",
                "ListMessages" | "SearchMessages" | "CreateMessage" | "StreamMessage" | "Chat" => {
                    "conversation_id"
                }
                _ => "id",
            };
            assert_eq!(named(&answer.expect_err(&method)), [expected], "{method} of {id:?}");
        }
    }
}

async fn a_view_or_a_position_that_there_is_not_is_refused_with_the_id() {
    let app = App::start().await;
    let mut client = app.chat_as("alice");
    let turn = GetTurnRequest { view: 3, ..Default::default() };
    assert_eq!(fields(client.get_turn(turn).await), ["id", "view"]);
    let follow = FollowTurnRequest { after_sequence: -1, ..Default::default() };
    assert_eq!(fields(client.follow_turn(follow).await), ["after_sequence", "id"]);
    let view = i32::from(ConversationView::Full) + 1;
    let get = GetConversationRequest { view, user_id: "x".repeat(256), ..Default::default() };
    assert_eq!(fields(client.get_conversation(get).await), ["id", "user_id", "view"]);
}

database_tests! {
    tests:
        every_method_says_which_id_is_none,
        a_view_or_a_position_that_there_is_not_is_refused_with_the_id;
}
