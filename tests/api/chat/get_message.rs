//! `GetMessage`.

use tandem_proto::chat::GetMessageRequest;

use crate::support::test_conversation::echoing;

async fn a_message_is_read_by_its_id_as_it_was_answered() {
    let talk = echoing().await;
    let answer = talk.say("  hello ").await.expect("an answer").into_inner();
    let said = answer.user_message.expect("the message");
    let echo = answer.assistant_message.expect("the answer");
    assert_eq!((said.content.as_str(), said.sequence), ("hello", 1));
    assert_eq!((echo.content.as_str(), echo.sequence), ("You said: hello", 2));
    for message in [&said, &echo] {
        assert_eq!(message.conversation_id, talk.id);
        assert_eq!(message.turn_id, answer.turn_id);
        let request = GetMessageRequest { id: message.id.clone() };
        let read = talk.chat.clone().get_message(request).await.expect("a message").into_inner();
        assert_eq!(&read, message);
    }
    assert_eq!(talk.messages().await, [said, echo]);
}

database_tests! {
    tests:
        a_message_is_read_by_its_id_as_it_was_answered;
}
