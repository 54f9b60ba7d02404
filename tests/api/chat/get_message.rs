//! `GetMessage`.

use tandem_proto::chat::GetMessageRequest;

use crate::support::test_conversation::echoing;

async fn returns_the_stored_message() {
    let conversation = echoing().await;
    let answer = conversation.send("  hello ").await.expect("an answer").into_inner();
    let question = answer.user_message.expect("the message");
    let echo = answer.assistant_message.expect("the answer");
    assert_eq!((question.content.as_str(), question.sequence), ("hello", 1));
    assert_eq!((echo.content.as_str(), echo.sequence), ("You said: hello", 2));
    for message in [&question, &echo] {
        assert_eq!(message.conversation_id, conversation.id);
        assert_eq!(message.turn_id, answer.turn_id);
        let request = GetMessageRequest { id: message.id.clone() };
        let read =
            conversation.chat.clone().get_message(request).await.expect("a message").into_inner();
        assert_eq!(&read, message);
    }
    assert_eq!(conversation.messages().await, [question, echo]);
}

database_tests! {
    tests:
        returns_the_stored_message;
}
