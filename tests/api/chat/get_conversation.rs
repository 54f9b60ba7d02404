//! `GetConversation`.

use tandem_proto::chat::{ConversationView, GetConversationRequest};

use crate::support::conversations::{answering, create, say};
use crate::support::manual_clock::Hands;

async fn the_full_view_brings_the_messages_and_so_does_the_older_path() {
    let app = answering(&Hands::new()).await;
    let mut chat = app.chat_as("alice");
    let id = create(&chat, "").await.id;
    say(&chat, &id, "hello").await;
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
        the_full_view_brings_the_messages_and_so_does_the_older_path;
}
