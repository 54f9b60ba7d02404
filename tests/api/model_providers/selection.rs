//! Selection of the model.

use tandem_llm::{Kind, Provider};
use tandem_proto::chat::CreateMessageRequest;
use tandem_test_support::model_server::{Answer, ModelServer, Reply};

use super::{WORDS, answered, check_refusal, conversation, openai, settings, unanswered};
use crate::support::refusal::{fields, refused};
use crate::support::test_conversation::TestConversation;

/// The answer to a message that selects `model`, and the model of the turn.
async fn send_to(conversation: &TestConversation, model: &str) -> (String, String) {
    let request =
        CreateMessageRequest { model: model.to_owned(), ..conversation.message("who is there?") };
    let answer =
        conversation.chat.clone().create_message(request).await.expect("an answer").into_inner();
    let turn = conversation.turn(&answer.turn_id).await;
    (answer.assistant_message.expect("an answer").content, turn.model)
}

async fn server(reply: &'static str) -> ModelServer {
    ModelServer::start(move |_| Answer::text(reply).into()).await
}

async fn first_model_is_the_default() {
    let (one, two) = (server("One.").await, server("Two.").await);
    let conversation = conversation(settings([("one", openai(&one)), ("two", openai(&two))])).await;
    assert_eq!(send_to(&conversation, "").await, ("One.".to_owned(), "one".to_owned()));
    assert_eq!(send_to(&conversation, "two").await, ("Two.".to_owned(), "two".to_owned()));
    assert_eq!(send_to(&conversation, "one").await, ("One.".to_owned(), "one".to_owned()));
}

async fn disallowed_model_is_refused() {
    let (one, two) = (server("One.").await, server("Two.").await);
    let mut settings = settings([("one", openai(&one)), ("two", openai(&two))]);
    settings.selectable = vec!["one".to_owned()];
    let conversation = conversation(settings).await;
    // A fallback, a known but unused model, and an unknown one.
    for model in ["two", "builtin", "nobody"] {
        let request =
            CreateMessageRequest { model: model.to_owned(), ..conversation.message("hello") };
        let refusal = refused(conversation.chat.clone().create_message(request).await);
        assert_eq!(fields(&refusal), ["model"], "{model}");
        assert!(refusal.message().contains("one"), "{refusal:?}");
    }
    assert!(conversation.messages().await.is_empty());
    assert_eq!((one.requests().len(), two.requests().len()), (0, 0));
}

async fn selectable_model_has_no_fallback() {
    let one = server("One.").await;
    let away = ModelServer::start(|_| Reply::status(401, WORDS)).await;
    let mut settings = settings([("one", openai(&one))]);
    settings.providers.insert("big".to_owned(), openai(&away));
    settings.selectable = vec!["big".to_owned()];
    let conversation = conversation(settings).await;
    let request = CreateMessageRequest { model: "big".to_owned(), ..conversation.message("hello") };
    check_refusal(conversation.chat.clone().create_message(request).await);
    assert_eq!(send_to(&conversation, "").await.0, "One.");
    assert_eq!(one.requests().len(), 1);
}

async fn builtin_can_be_a_fallback() {
    let away = ModelServer::start(|_| Reply::status(500, WORDS)).await;
    let providers = [("away", openai(&away)), ("offline", Provider::new(Kind::BUILTIN))];
    let conversation = conversation(settings(providers)).await;
    let message = answered(&conversation, "add buy milk").await;
    assert_eq!(message.tool_calls[0].name, "add_task");
}

async fn started_answer_has_no_fallback() {
    let begun = Answer::text("Hello, I").and_text(" am");
    let one = ModelServer::start(move |_| Reply::from(begun.clone()).cut_after(1)).await;
    let two = server("Two.").await;
    let conversation = conversation(settings([("one", openai(&one)), ("two", openai(&two))])).await;
    let kept = unanswered(&conversation, "hello").await.expect("the partial answer");
    assert_eq!((kept.content.as_str(), kept.incomplete), ("Hello, I", true));
    assert!(two.requests().is_empty());
}

database_tests! {
    tests:
        first_model_is_the_default,
        disallowed_model_is_refused,
        selectable_model_has_no_fallback,
        builtin_can_be_a_fallback,
        started_answer_has_no_fallback;
}
