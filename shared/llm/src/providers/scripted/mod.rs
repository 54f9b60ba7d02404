//! A model that plays a file: for tests, demos and load.

mod script;

use std::sync::Arc;
use std::time::Duration;

use async_stream::stream;
use futures::stream::BoxStream;
use tokio::time::sleep;

use crate::{Call, Chunk, Entry, Error, Model, Prompt};
pub(crate) use script::Script;

/// A model that plays a script.
pub(crate) struct Scripted {
    name: String,
    script: Arc<Script>,
}

impl Scripted {
    pub(crate) fn new(name: &str, script: Script) -> Self {
        Self { name: name.to_owned(), script: Arc::new(script) }
    }
}

impl Model for Scripted {
    fn name(&self) -> &str {
        &self.name
    }

    fn respond(&self, prompt: Prompt) -> BoxStream<'static, Result<Chunk, Error>> {
        let (said, asked_before) = newest(&prompt.entries);
        let step = self.script.step(said, asked_before).clone();
        Box::pin(stream! {
            for piece in step.text {
                if step.pause_ms > 0 {
                    sleep(Duration::from_millis(step.pause_ms)).await;
                }
                yield Ok(Chunk::Text(piece));
            }
            for (index, call) in step.calls.into_iter().enumerate() {
                let id = format!("step{asked_before}call{index}");
                let (name, arguments) = (call.tool, call.arguments.into());
                yield Ok(Chunk::Call(Call { id, name, arguments, signature: None }));
            }
        })
    }
}

/// What the user wrote last, and how often the model has been asked since.
fn newest(entries: &[Entry]) -> (&str, usize) {
    let mut asked = 0;
    for entry in entries.iter().rev() {
        match entry {
            Entry::User(text) => return (text, asked),
            Entry::Assistant { .. } => asked += 1,
            Entry::ToolResult { .. } => {}
        }
    }
    ("", asked)
}
