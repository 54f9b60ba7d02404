//! A model that responds at once.

use std::io::{Read as _, Write as _, stdin, stdout};

use serde_json::json;
use tandem_test_support::model_server::{Answer, ModelRequest, ModelServer, Reply};

use crate::measure::process;

/// The role of a process that serves the model.
pub(crate) const ROLE: &str = "model";

/// The message that results in a tool call.
pub(crate) const ADD: &str = "add buy milk";

/// Serves the model in a process of its own.
pub(crate) fn serve() {
    process::runtime().block_on(async {
        let server = ModelServer::without_recording(answer).await;
        writeln!(stdout(), "{}", server.openai_url()).expect("a parent that reads");
        let end = || stdin().read_to_end(&mut Vec::new());
        let _ = tokio::task::spawn_blocking(end).await;
    });
}

fn answer(request: &ModelRequest) -> Reply {
    if request.newest() == ADD && request.results().is_empty() {
        return Answer::default().call("add_task", &json!({"title": "buy milk"})).into();
    }
    Answer::text("All ").and_text("is ").and_text("well.").usage(100, 3).into()
}
