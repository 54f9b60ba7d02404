//! A model that answers at once.

use std::io::{Read as _, Write as _, stdin, stdout};

use serde_json::json;
use tandem_test_support::model_server::{Answer, Ask, ModelServer, Reply};

use crate::measure::process;

/// The role of a process that answers as a model.
pub(crate) const ROLE: &str = "model";

/// The message that takes a tool call.
pub(crate) const ADD: &str = "add buy milk";

/// Serves the model, in a process of its own.
pub(crate) fn serve() {
    process::runtime().block_on(async {
        let server = ModelServer::forgetful(answer).await;
        writeln!(stdout(), "{}", server.openai_url()).expect("a parent that listens");
        let end = || stdin().read_to_end(&mut Vec::new());
        let _ = tokio::task::spawn_blocking(end).await;
    });
}

fn answer(ask: &Ask) -> Reply {
    if ask.newest() == ADD && ask.results().is_empty() {
        return Answer::default().call("add_task", &json!({"title": "buy milk"})).into();
    }
    Answer::say("All ").and_say("is ").and_say("well.").usage(100, 3).into()
}
