//! The model without the service: the same calls through the same client, and nothing else.

use std::sync::Arc;
use std::time::Instant;

use futures::StreamExt as _;
use serde_json::json;
use tandem_llm::{self as llm, Chunk, Entry, Model, Prompt, ToolCall};
use tandem_llm_builtin::Builtin;

use crate::Kind;
use crate::percentiles::Percentiles;
use crate::services::models;

/// Asks the model at `url` as turns of this kind do; how long it took until the first word, and in all.
pub(crate) async fn run(url: &str, kind: Kind, turns: usize) -> (Percentiles, Percentiles) {
    let builtin: Arc<dyn Model> = Arc::new(Builtin);
    let models = llm::open_models(&models(url), &builtin).expect("good settings");
    let model = models.first().expect("a model");
    let (mut first, mut whole) = (Percentiles::default(), Percentiles::default());
    // Once to connect.
    let mut ignored = Percentiles::default();
    ask(model, prompt(kind, 0), || ignored.add(Instant::now().elapsed())).await;
    for _ in 0..turns {
        let start = Instant::now();
        for step in 0..kind.asks {
            ask(model, prompt(kind, step), || first.add(start.elapsed())).await;
        }
        whole.add(start.elapsed());
    }
    (first, whole)
}

async fn ask(model: &Arc<dyn Model>, prompt: Prompt, mut first: impl FnMut()) {
    let mut answer = model.respond(prompt);
    let mut is_first = true;
    while let Some(chunk) = answer.next().await {
        if matches!(chunk.expect("an answer"), Chunk::Text(_)) && is_first {
            is_first = false;
            first();
        }
    }
}

/// What the model is given at its first call, or at its second with what a tool answered.
fn prompt(kind: Kind, step: usize) -> Prompt {
    let mut entries = vec![Entry::User(kind.message.to_owned())];
    if step > 0 {
        let (id, name) = ("call_1".to_owned(), "add_task".to_owned());
        let arguments = json!({"title": "buy milk"});
        let call =
            ToolCall { id: id.clone(), name: name.clone(), arguments, ..ToolCall::default() };
        entries.push(Entry::Assistant { text: String::new(), calls: vec![call] });
        entries.push(Entry::ToolResult { call_id: id, name, result: json!({"status": "created"}) });
    }
    Prompt {
        system: "You are Tandem.".to_owned(),
        entries,
        tools: tandem_task_tools::Toolbox::list_tools(),
        now: chrono::DateTime::UNIX_EPOCH.with_timezone(&chrono_tz::Tz::UTC),
        max_output_tokens: 4096,
    }
}
