//! A model that plays responses from a file, for tests, demos and load.

mod script;

use std::sync::Arc;

use async_stream::stream;
use futures::stream::BoxStream;
use tokio::time::sleep;

use super::{OpenContext, ProviderKind};
use crate::{Chunk, Entry, Error, Kind, Model, Prompt, Provider, ToolCall};
use script::Script;

struct Scripted;

impl Kind {
    /// A model that plays responses from a file.
    pub const SCRIPTED: Self = Self::new(&Scripted);
}

impl ProviderKind for Scripted {
    fn name(&self) -> &'static str {
        "scripted"
    }

    /// There is no default script.
    fn is_preconfigured(&self) -> bool {
        false
    }

    fn validate(&self, settings: &Provider) -> Vec<String> {
        load_script(settings).err().into_iter().collect()
    }

    fn open(&self, context: &OpenContext<'_>) -> Result<Arc<dyn Model>, String> {
        let script = Arc::new(load_script(context.settings)?);
        Ok(Arc::new(ScriptedModel { name: context.name.to_owned(), script }))
    }
}

fn load_script(settings: &Provider) -> Result<Script, String> {
    let path = settings.script.as_deref().ok_or("script: is missing")?;
    Script::load(path).map_err(|error| format!("script: {} {error}", path.display()))
}

struct ScriptedModel {
    name: String,
    script: Arc<Script>,
}

impl Model for ScriptedModel {
    fn name(&self) -> &str {
        &self.name
    }

    fn respond(&self, prompt: Prompt) -> BoxStream<'static, Result<Chunk, Error>> {
        let (message, index) = newest_message(&prompt.entries);
        let step = self.script.find_step(message, index).clone();
        Box::pin(stream! {
            for text in step.text {
                if !step.delay.is_zero() {
                    sleep(step.delay.get()).await;
                }
                yield Ok(Chunk::Text(text));
            }
            for (position, call) in step.calls.into_iter().enumerate() {
                let id = format!("step{index}call{position}");
                let (name, arguments) = (call.tool, call.arguments.into());
                yield Ok(Chunk::ToolCall(ToolCall { id, name, arguments, signature: None }));
            }
        })
    }
}

/// The newest message of the user, and the number of responses since.
fn newest_message(entries: &[Entry]) -> (&str, usize) {
    let mut responses = 0;
    for entry in entries.iter().rev() {
        match entry {
            Entry::User(text) => return (text, responses),
            Entry::Assistant { .. } => responses += 1,
            Entry::ToolResult { .. } => {}
        }
    }
    ("", responses)
}
