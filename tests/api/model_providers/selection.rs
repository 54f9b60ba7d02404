//! Which model answers.

use tandem_llm::{Kind, Provider};
use tandem_proto::chat::CreateMessageRequest;
use tandem_test_support::model_server::{Answer, ModelServer, Reply};

use super::{WORDS, answered, check_refusal, openai, settings, talk, unanswered};
use crate::support::refusal::{fields, refused};
use crate::support::test_conversation::Talk;

/// The answer to a message that names a model, and the model that the turn names.
async fn ask(talk: &Talk, model: &str) -> (String, String) {
    let request = CreateMessageRequest { model: model.to_owned(), ..talk.message("who is there?") };
    let answer = talk.chat.clone().create_message(request).await.expect("an answer").into_inner();
    let turn = talk.turn(&answer.turn_id).await;
    (answer.assistant_message.expect("an answer").content, turn.model)
}

async fn server(says: &'static str) -> ModelServer {
    ModelServer::start(move |_| Answer::say(says).into()).await
}

async fn the_first_answers_unless_a_message_names_another_that_is_allowed() {
    let (one, two) = (server("One.").await, server("Two.").await);
    let talk = talk(settings([("one", openai(&one)), ("two", openai(&two))])).await;
    assert_eq!(ask(&talk, "").await, ("One.".to_owned(), "one".to_owned()));
    assert_eq!(ask(&talk, "two").await, ("Two.".to_owned(), "two".to_owned()));
    assert_eq!(ask(&talk, "one").await, ("One.".to_owned(), "one".to_owned()));
}

async fn a_model_that_is_not_allowed_is_refused_and_nothing_is_stored_or_asked() {
    let (one, two) = (server("One.").await, server("Two.").await);
    let mut settings = settings([("one", openai(&one)), ("two", openai(&two))]);
    settings.selectable = vec!["one".to_owned()];
    let talk = talk(settings).await;
    // One behind the first, one that is there and unused, one that nobody has.
    for model in ["two", "builtin", "nobody"] {
        let request = CreateMessageRequest { model: model.to_owned(), ..talk.message("hello") };
        let refusal = refused(talk.chat.clone().create_message(request).await);
        assert_eq!(fields(&refusal), ["model"], "{model}");
        assert!(refusal.message().contains("one"), "{refusal:?}");
    }
    assert!(talk.messages().await.is_empty());
    assert_eq!((one.asks().len(), two.asks().len()), (0, 0));
}

async fn one_that_is_only_for_choosing_has_none_behind_it() {
    let one = server("One.").await;
    let away = ModelServer::start(|_| Reply::status(401, WORDS)).await;
    let mut settings = settings([("one", openai(&one))]);
    settings.providers.insert("big".to_owned(), openai(&away));
    settings.selectable = vec!["big".to_owned()];
    let talk = talk(settings).await;
    let request = CreateMessageRequest { model: "big".to_owned(), ..talk.message("hello") };
    check_refusal(talk.chat.clone().create_message(request).await);
    assert_eq!(ask(&talk, "").await.0, "One.");
    assert_eq!(one.asks().len(), 1);
}

async fn the_builtin_model_can_stand_behind_a_provider() {
    let away = ModelServer::start(|_| Reply::status(500, WORDS)).await;
    let providers = [("away", openai(&away)), ("offline", Provider::new(Kind::BUILTIN))];
    let talk = talk(settings(providers)).await;
    let message = answered(&talk, "add buy milk").await;
    assert_eq!(message.tool_calls[0].name, "add_task");
}

async fn what_a_model_began_another_does_not_end() {
    let begun = Answer::say("Hello, I").and_say(" am");
    let one = ModelServer::start(move |_| Reply::from(begun.clone()).cut_after(1)).await;
    let two = server("Two.").await;
    let talk = talk(settings([("one", openai(&one)), ("two", openai(&two))])).await;
    let kept = unanswered(&talk, "hello").await.expect("what was written");
    assert_eq!((kept.content.as_str(), kept.incomplete), ("Hello, I", true));
    assert!(two.asks().is_empty());
}

database_tests! {
    tests:
        the_first_answers_unless_a_message_names_another_that_is_allowed,
        a_model_that_is_not_allowed_is_refused_and_nothing_is_stored_or_asked,
        one_that_is_only_for_choosing_has_none_behind_it,
        the_builtin_model_can_stand_behind_a_provider,
        what_a_model_began_another_does_not_end;
}
