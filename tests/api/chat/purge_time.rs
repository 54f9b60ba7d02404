//! `purge_time` of conversations.

use tandem_config::HumanDuration;
use tandem_proto::chat::{ListConversationsRequest, UndeleteConversationRequest};

use crate::support::app::{App, Start};
use crate::support::conversations::{create, delete, get};

const THREE_DAYS: i64 = 3 * 24 * 60 * 60;

async fn deleted_conversations_have_a_purge_time() {
    let chat = |settings: &mut tandem_chat::Settings| {
        settings.purge.deleted_retention = HumanDuration::from_days(3)
    };
    let app = App::start_with(Start { chat, ..Start::default() }).await;
    let mut alice = app.chat_as("alice");
    let kept = create(&alice, "kept").await;
    assert_eq!(kept.purge_time, None);
    let gone = create(&alice, "gone").await;
    let deleted = delete(&alice, &gone.id).await;
    let mut expected = deleted.delete_time.expect("a time");
    expected.seconds += THREE_DAYS;
    assert_eq!(deleted.purge_time, Some(expected));
    assert_eq!(get(&alice, &gone.id).await.purge_time, Some(expected));
    let all = ListConversationsRequest { show_deleted: true, ..Default::default() };
    let all = alice.list_conversations(all).await.expect("a list").into_inner().conversations;
    let times = all.iter().map(|it| it.purge_time).collect::<Vec<_>>();
    assert_eq!(times, [Some(expected), None]);

    let back = UndeleteConversationRequest { id: gone.id, ..Default::default() };
    let back = alice.undelete_conversation(back).await.expect("restored").into_inner();
    assert_eq!(back.purge_time, None);
}

database_tests! {
    tests:
        deleted_conversations_have_a_purge_time;
}
