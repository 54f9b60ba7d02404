//! Usage and log lines name the model that answered.

use std::io;
use std::sync::{Arc, Mutex};

use serde_json::json;
use tandem_llm::Kind;
use tandem_proto::chat::GetUsageRequest;
use tandem_test_support::model_server::{Answer, ModelServer, Reply};
use tracing_subscriber::fmt;

use super::{WORDS, answered, conversation, openai, provider, settings, unanswered};

async fn usage_is_counted_by_who_answered() {
    // The first provider counts 100 tokens before it breaks off; the second answers, and the third
    // continues the turn.
    let cut = || Reply::from(Answer::text("Hello").usage(100, 9)).ended_after(2);
    let call = Answer::default().call("list_tasks", &json!({})).usage(20, 2);
    let first = ModelServer::start(move |_| cut()).await;
    let second = ModelServer::play([call.into(), Reply::status(401, WORDS)]).await;
    let third = ModelServer::start(|_| Answer::text("None.").usage(30, 3).into()).await;
    let mut settings = settings([
        ("first", provider(Kind::ANTHROPIC, &first)),
        ("second", openai(&second)),
        ("third", provider(Kind::GEMINI, &third)),
    ]);
    settings.retries = 0;
    let conversation = conversation(settings).await;
    let message = answered(&conversation, "what is there?").await;
    let turn = conversation.turn(&message.turn_id).await;
    assert_eq!(turn.model, "third");
    let usage = turn.usage.expect("usage");
    assert_eq!((usage.input_token_count, usage.output_token_count), (150, 6));

    let days = conversation.chat.clone().get_usage(GetUsageRequest::default()).await;
    let days = days.expect("usage").into_inner().days;
    let seen = days.iter().map(|day| {
        (day.model.as_str(), day.input_token_count, day.output_token_count, day.tool_call_count)
    });
    let expected = [("first", 100, 1, 0), ("second", 20, 2, 0), ("third", 30, 3, 1)];
    assert_eq!(seen.collect::<Vec<_>>(), expected);
}

/// The lines of a log.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

async fn log_lines_name_model_turn_and_request() {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = fmt().json().with_writer(move || writer.clone()).finish();
    let _log = tracing::subscriber::set_default(subscriber);
    // If there is only one, tracing asks that of the first thread that logs a line, for all threads.
    let _second = tracing::Dispatch::new(tracing_subscriber::registry());
    let server = ModelServer::start(|_| Reply::status(500, WORDS)).await;
    let providers = [("one", openai(&server)), ("two", openai(&server))];
    let conversation = conversation(settings(providers)).await;
    assert_eq!(unanswered(&conversation, "hello").await, None);
    let turn = conversation.newest_turn().await;
    let log = String::from_utf8(lines.0.lock().expect("no panic").clone()).expect("text");
    for (message, model) in [
        ("retrying model call", "one"),
        ("falling back to next model", "one"),
        ("model failed", "two"),
    ] {
        let line = log.lines().find(|line| line.contains(message)).expect(message);
        assert!(line.contains(&format!("\"model.name\":\"{model}\"")), "{line}");
        assert!(line.contains(&turn) && line.contains("\"request.id\":\""), "{line}");
    }
}

database_tests! {
    tests:
        usage_is_counted_by_who_answered,
        log_lines_name_model_turn_and_request;
}
