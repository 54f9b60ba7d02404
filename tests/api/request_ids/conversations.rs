//! Writes to conversations.

use tandem_proto::chat::{
    CreateConversationRequest, DeleteConversationRequest, UpdateConversationRequest,
};
use tonic::Code;

use crate::support::app::App;
use crate::support::conversations::{creation, deletion, renaming, titles};
use crate::support::refusal::{reason, refused};

async fn a_repeated_request_does_nothing_more_and_answers_as_before() {
    let app = App::start().await;
    let mut chat = app.chat_as("alice");
    let creation =
        |title| CreateConversationRequest { request_id: "create".to_owned(), ..creation(title) };
    let created = chat.create_conversation(creation("one")).await.expect("one").into_inner();
    let id = created.id.as_str();
    let renaming = UpdateConversationRequest {
        request_id: "rename".to_owned(),
        ..renaming(id, &created.etag, "two")
    };
    let renamed = chat.update_conversation(renaming.clone()).await.expect("two").into_inner();
    let deletion = DeleteConversationRequest {
        request_id: "delete".to_owned(),
        ..deletion(id, &renamed.etag)
    };
    let deleted = chat.delete_conversation(deletion.clone()).await.expect("end").into_inner();

    let again = [
        chat.create_conversation(creation("one")).await,
        chat.update_conversation(renaming.clone()).await,
        chat.delete_conversation(deletion).await,
    ];
    let again = again.map(|answer| answer.expect("the first answer").into_inner());
    assert_eq!(again, [created, renamed, deleted]);
    assert_eq!(titles(&chat, true).await, ["two"]);

    let reused = UpdateConversationRequest { request_id: "create".to_owned(), ..renaming };
    for refusal in [
        refused(chat.create_conversation(creation("other")).await),
        refused(chat.update_conversation(reused).await),
    ] {
        assert_eq!(reason(&refusal), (Code::AlreadyExists, "REQUEST_ID_REUSED".to_owned()));
    }
    let mut bob = app.chat_as("bob");
    bob.create_conversation(creation("other")).await.expect("ids of others do not matter");
}

database_tests! {
    tests:
        a_repeated_request_does_nothing_more_and_answers_as_before;
}
