//! One of the two services as a process that can be killed, selected by `FAULT_SERVICE`. The model of
//! the chat service adds two tasks, completes the first, and reports it.

use std::process::ExitCode;
use std::sync::Arc;

use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use serde_json::{Value, json};
use tandem_chat::agent::Models;
use tandem_error::Cause;
use tandem_llm::{Chunk, Entry, Error, Model, Prompt, ToolCall};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match std::env::var("FAULT_SERVICE").as_deref() {
        Ok("chat") => tandem_service::run(chat),
        Ok("task") => tandem_service::run(|settings| Ok(tandem_task::Config::new(settings))),
        _ => ExitCode::from(2),
    }
}

fn chat(settings: tandem_chat::Settings) -> Result<tandem_chat::Config, Cause> {
    let models = Models::new(Arc::new(Worker), Vec::new());
    Ok(tandem_chat::Config { models, ..tandem_chat::Config::new(settings)? })
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
