//! `UndeleteConversation`.

use tandem_proto::chat::UndeleteConversationRequest;

use crate::chat::retention::{delete, send};
use crate::support::app::App;

async fn restores_the_conversation() {
    let app = App::start().await;
    let (id, _) = send(&app, "alice", "", "hello").await;
    delete(&app, &id).await;
    let request = UndeleteConversationRequest { id: id.clone(), ..Default::default() };
    let back =
        app.chat_as("alice").undelete_conversation(request).await.expect("a restored resource");
    assert_eq!(back.into_inner().delete_time, None);
    let (again, _) = send(&app, "alice", &id, "hello again").await;
    assert_eq!(again, id);
}

database_tests! {
    tests:
        restores_the_conversation;
}
