//! `GetConversation`.

use tandem_proto::chat::{ConversationView, GetConversationRequest};

use crate::support::conversations::{create, send, start_answering_app};
use crate::support::manual_clock::ManualClock;

async fn full_view_and_user_id_add_messages() {
    let app = start_answering_app(&ManualClock::new()).await;
    let mut chat = app.chat_as("alice");
    let id = create(&chat, "").await.id;
    send(&chat, &id, "hello").await;
    for (view, user_id, expected) in [
        (ConversationView::Unspecified, "", &[][..]),
        (ConversationView::Basic, "alice", &[]),
        (ConversationView::Full, "", &["hello", "An answer."]),
        (ConversationView::Unspecified, "alice", &["hello", "An answer."]),
    ] {
        let (id, user_id) = (id.clone(), user_id.to_owned());
        let request = GetConversationRequest { id, view: view.into(), user_id };
        let found = chat.get_conversation(request).await.expect("a conversation").into_inner();
        let contents = found.messages.iter().map(|it| it.content.as_str()).collect::<Vec<_>>();
        assert_eq!(contents, expected, "{view:?}");
    }
}

database_tests! {
    tests:
        full_view_and_user_id_add_messages;
}
