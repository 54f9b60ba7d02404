//! Retries and fallbacks.

use std::time::Duration;

use tandem_llm::Provider;
use tandem_test_support::model_server::{Answer, ModelServer, Reply};

use super::{KEY, WORDS, answered, openai, settings, talk, talk_to, unanswered};
use crate::support::test_conversation::Talk;

const HOUR: Duration = Duration::from_secs(60 * 60);

fn yes() -> Reply {
    Answer::say("Yes.").into()
}

/// A conversation with a server whose provider is asked again after an hour, if it does not say when.
async fn patient(replies: Vec<Reply>) -> (Talk, ModelServer) {
    let server = ModelServer::play(replies).await;
    let mut settings = settings([("test", openai(&server))]);
    (settings.retry_initial_backoff, settings.retry_max_backoff) = (HOUR.into(), HOUR.into());
    (talk(settings).await, server)
}

async fn what_may_pass_is_asked_again_and_the_caller_sees_only_the_answer() {
    for status in [500, 503, 529, 429, 408] {
        let (talk, server) =
            talk_to([Reply::status(status, WORDS), Reply::status(status, WORDS), yes()]).await;
        let message = answered(&talk, "hello").await;
        assert_eq!((message.content.as_str(), message.incomplete), ("Yes.", false), "{status}");
        assert_eq!(server.asks().len(), 3, "{status}");
        let usage = talk.turn(&message.turn_id).await.usage.expect("what it took");
        assert_eq!(usage.model_call_count, 1, "tries are no calls of the agent");
    }
}

async fn a_refusal_whose_words_never_come_is_one() {
    let (talk, server) = talk_to([Reply::status(500, WORDS).silent_after(0), yes()]).await;
    assert_eq!(answered(&talk, "hello").await.content, "Yes.");
    assert_eq!(server.asks().len(), 2);
}

async fn after_the_last_try_the_turn_fails_and_only_the_question_is_kept() {
    let (talk, server) = talk_to((0..3).map(|_| Reply::status(500, WORDS))).await;
    assert_eq!(unanswered(&talk, "hello").await, None);
    assert_eq!((server.asks().len(), talk.messages().await.len()), (3, 1));
}

async fn what_is_refused_is_not_asked_again() {
    for status in [400, 401, 404, 302] {
        let words = format!("{WORDS}: your key is {KEY}");
        let reply = Reply::status(status, &words).header("location", "http://127.0.0.1:1/");
        let (talk, server) = talk_to([reply]).await;
        assert_eq!(unanswered(&talk, "hello").await, None, "{status}");
        assert_eq!(server.asks().len(), 1, "{status}");
    }
}

async fn the_providers_own_pause_comes_before_ours() {
    // Ours would be an hour.
    for now in ["0", "Mon, 02 Mar 2026 09:00:00 GMT"] {
        let busy = Reply::status(429, WORDS).header("retry-after", now);
        let (talk, server) = patient(vec![busy, yes()]).await;
        assert_eq!(answered(&talk, "hello").await.content, "Yes.", "{now}");
        assert_eq!(server.asks().len(), 2);
    }
}

async fn a_pause_that_is_too_long_is_not_waited_for() {
    let busy = Reply::status(429, WORDS).header("retry-after", "3600");
    let (talk, server) = talk_to([busy, yes()]).await;
    assert_eq!(unanswered(&talk, "hello").await, None);
    assert_eq!(server.asks().len(), 1);
}

async fn what_has_begun_is_never_asked_for_again() {
    let begun = Answer::say("Hello, I").and_say(" am");
    let (talk, server) = talk_to([Reply::from(begun).cut_after(1), yes()]).await;
    let kept = unanswered(&talk, "hello").await.expect("what was written");
    assert_eq!((kept.content.as_str(), kept.incomplete), ("Hello, I", true));
    assert_eq!(server.asks().len(), 1);
}

async fn where_one_fails_the_next_is_asked() {
    let refusals = [
        Reply::status(500, WORDS),
        Reply::status(401, WORDS),
        Reply::status(429, WORDS).header("retry-after", "3600"),
        Reply::bytes(["<html>not a model</html>"]),
    ];
    for refusal in refusals {
        let first = ModelServer::start(move |_| refusal.clone()).await;
        let second = ModelServer::start(|_| yes()).await;
        let providers = [("first", openai(&first)), ("second", openai(&second))];
        let talk = talk(settings(providers)).await;
        let message = answered(&talk, "hello").await;
        assert_eq!(message.content, "Yes.");
        assert_eq!(talk.turn(&message.turn_id).await.model, "first");
        let question = second.asks().pop().expect("it is asked");
        assert_eq!(question.newest(), "hello");
    }
}

async fn one_that_failed_is_not_asked_at_every_step_of_a_turn() {
    let first = ModelServer::start(|_| Reply::status(503, WORDS)).await;
    let list = || Reply::from(Answer::default().call("list_tasks", &serde_json::json!({})));
    let second = ModelServer::play([list(), list(), yes()]).await;
    let talk = talk(settings([("first", openai(&first)), ("second", openai(&second))])).await;
    assert_eq!(answered(&talk, "hello").await.content, "Yes.");
    assert_eq!((first.asks().len(), second.asks().len()), (3, 3));
}

async fn where_nobody_listens_or_nobody_speaks_tls_the_next_is_asked() {
    let second = ModelServer::start(|_| yes()).await;
    let without_tls = second.openai_url().replace("http://", "https://");
    // Nothing listens on port 1.
    for url in ["http://127.0.0.1:1/v1", &without_tls] {
        let away = Provider { base_url: Some(url.to_owned()), ..openai(&second) };
        let talk = talk(settings([("away", away), ("second", openai(&second))])).await;
        assert_eq!(answered(&talk, "hello").await.content, "Yes.", "{url}");
    }
    assert_eq!(second.asks().len(), 2);
}

async fn where_all_fail_the_turn_does_and_the_next_message_works() {
    let first = ModelServer::play([Reply::status(400, WORDS), yes()]).await;
    let second = ModelServer::play([Reply::status(401, WORDS)]).await;
    let talk = talk(settings([("first", openai(&first)), ("second", openai(&second))])).await;
    assert_eq!(unanswered(&talk, "hello").await, None);
    assert_eq!((first.asks().len(), second.asks().len()), (1, 1));
    assert_eq!(answered(&talk, "and now?").await.content, "Yes.");
}

database_tests! {
    tests:
        what_may_pass_is_asked_again_and_the_caller_sees_only_the_answer,
        a_refusal_whose_words_never_come_is_one,
        after_the_last_try_the_turn_fails_and_only_the_question_is_kept,
        what_is_refused_is_not_asked_again,
        the_providers_own_pause_comes_before_ours,
        a_pause_that_is_too_long_is_not_waited_for,
        what_has_begun_is_never_asked_for_again,
        where_one_fails_the_next_is_asked,
        one_that_failed_is_not_asked_at_every_step_of_a_turn,
        where_nobody_listens_or_nobody_speaks_tls_the_next_is_asked,
        where_all_fail_the_turn_does_and_the_next_message_works;
}
