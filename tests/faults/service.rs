//! One of the two services as a process that can be killed, selected by `TANDEM_FAULT_SERVICE`. The model of
//! the chat service adds two tasks, completes the first, and reports it.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use serde_json::{Value, json};
use tandem_chat::agent::Models;
use tandem_error::Cause;
use tandem_llm::{Chunk, Entry, Error, Model, Prompt, ToolCall};
use tandem_server::logs::LogSettings;
use tandem_service::Service;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match std::env::var("TANDEM_FAULT_SERVICE").as_deref() {
        Ok("chat") => tandem_service::run::<Chat>(),
        Ok("task") => tandem_service::run::<Task>(),
        _ => ExitCode::from(2),
    }
}

struct Task;

impl Service for Task {
    const NAME: &'static str = "task";
    type Settings = tandem_task::Settings;

    fn log(settings: &Self::Settings) -> &LogSettings {
        &settings.log
    }

    fn listen(settings: &Self::Settings) -> SocketAddr {
        settings.server.listen
    }

    async fn migrate(settings: Self::Settings) -> Result<(), Cause> {
        tandem_task::migrate(&settings).await
    }

    async fn serve(
        settings: Self::Settings,
        listener: TcpListener,
        shutdown: CancellationToken,
    ) -> Result<(), Cause> {
        tandem_task::serve(tandem_task::Config::new(settings), listener, shutdown).await
    }
}

struct Chat;

impl Service for Chat {
    const NAME: &'static str = "chat";
    type Settings = tandem_chat::Settings;

    fn log(settings: &Self::Settings) -> &LogSettings {
        &settings.log
    }

    fn listen(settings: &Self::Settings) -> SocketAddr {
        settings.server.listen
    }

    async fn migrate(settings: Self::Settings) -> Result<(), Cause> {
        tandem_chat::migrate(&settings).await
    }

    async fn serve(
        settings: Self::Settings,
        listener: TcpListener,
        shutdown: CancellationToken,
    ) -> Result<(), Cause> {
        let models = Models::new(Arc::new(Worker), Vec::new());
        let config = tandem_chat::Config { models, ..tandem_chat::Config::new(settings)? };
        tandem_chat::serve(config, listener, shutdown).await
    }
}

/// Makes three tool calls for each message, one after the other, with text before and after.
struct Worker;

impl Model for Worker {
    fn name(&self) -> &str {
        "worker"
    }

    fn respond(&self, prompt: Prompt) -> BoxStream<'static, Result<Chunk, Error>> {
        stream::iter(answer(&prompt)).map(Ok).boxed()
    }
}

/// The next step, depending on the tool results since the user's last message.
fn answer(prompt: &Prompt) -> Vec<Chunk> {
    let begin = prompt.entries.iter().rposition(|entry| matches!(entry, Entry::User(_)));
    let turn = &prompt.entries[begin.unwrap_or_default()..];
    let Some(Entry::User(name)) = turn.first() else { return Vec::new() };
    let results = turn.iter().filter_map(|entry| match entry {
        Entry::ToolResult { result, .. } => Some(result),
        _ => None,
    });
    let results = results.collect::<Vec<&Value>>();
    if let Some(failed) = results.iter().find(|result| result["status"] == "error") {
        return vec![Chunk::Text(format!("{name} failed: {failed}"))];
    }
    let add = |id: &str| call("add_task", json!({"title": format!("{name} {id}")}));
    match results[..] {
        [] => vec![Chunk::Text(format!("{name} begins. ")), add("first"), add("second")],
        [_, _] => vec![call("complete_task", json!({"task": results[0]["number"]}))],
        _ => vec![Chunk::Text(format!("{name} is ")), Chunk::Text("done.".to_owned())],
    }
}

fn call(name: &str, arguments: Value) -> Chunk {
    Chunk::ToolCall(ToolCall { name: name.to_owned(), arguments, ..ToolCall::default() })
}
