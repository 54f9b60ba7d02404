//! `DeleteConversation`.

use tandem_proto::chat::CreateMessageRequest;
use tonic::Code;

use crate::support::conversations::{answering, create, delete, get, renaming, say, titles};
use crate::support::manual_clock::Hands;
use crate::support::refusal::{reason, refused};

async fn a_deleted_conversation_leaves_the_list_and_takes_no_message_and_no_title() {
    let app = answering(&Hands::new()).await;
    let mut chat = app.chat_as("alice");
    let [gone, _kept] = [create(&chat, "gone").await, create(&chat, "kept").await];
    say(&chat, &gone.id, "hello").await;
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
        a_deleted_conversation_leaves_the_list_and_takes_no_message_and_no_title;
}
