//! `UndeleteConversation`.

use tandem_proto::chat::UndeleteConversationRequest;

use crate::chat::retention::{delete, say};
use crate::support::app::App;

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

database_tests! {
    tests:
        a_deleted_conversation_can_be_taken_back;
}
