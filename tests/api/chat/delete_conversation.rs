//! `DeleteConversation`.

use tandem_proto::chat::CreateMessageRequest;
use tonic::Code;

use crate::support::conversations::{
    create, delete, get, renaming, send, start_answering_app, titles,
};
use crate::support::manual_clock::ManualClock;
use crate::support::refusal::{reason, refused};

async fn deleted_conversation_is_read_only() {
    let app = start_answering_app(&ManualClock::new()).await;
    let mut chat = app.chat_as("alice");
    let [gone, _kept] = [create(&chat, "gone").await, create(&chat, "kept").await];
    send(&chat, &gone.id, "hello").await;
    let deleted = delete(&chat, &gone.id).await;
    assert_eq!(titles(&chat, false).await, ["kept"]);
    assert_eq!(titles(&chat, true).await, ["kept", "gone"]);

    let (conversation_id, content) = (gone.id.clone(), "hello?".to_owned());
    let message = CreateMessageRequest { conversation_id, content, ..Default::default() };
    let expected = (Code::FailedPrecondition, "STATE_CONFLICT".to_owned());
    assert_eq!(reason(&refused(chat.create_message(message).await)), expected);
    let renamed = chat.update_conversation(renaming(&gone.id, "", "new")).await;
    assert_eq!(reason(&refused(renamed)), expected);
    assert_eq!(get(&chat, &gone.id).await, deleted);
}

database_tests! {
    tests:
        deleted_conversation_is_read_only;
}
