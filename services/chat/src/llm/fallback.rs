//! The next provider, where one fails.

use std::sync::Arc;

use async_stream::stream;
use futures::StreamExt as _;
use futures::stream::BoxStream;

use super::{Chunk, Error, Model, Prompt};

/// Models of which the next one is asked where one fails before it said anything. The last one's failure
/// is its own.
pub(super) struct Fallback {
    name: String,
    models: Vec<Arc<dyn Model>>,
}

impl Fallback {
    /// `models` in the order in which they are asked, under one name.
    pub(super) fn new(name: &str, models: &[Arc<dyn Model>]) -> Self {
        Self { name: name.to_owned(), models: models.to_vec() }
    }
}

impl Model for Fallback {
    fn name(&self) -> &str {
        &self.name
    }

    fn respond(&self, prompt: Prompt) -> BoxStream<'static, Result<Chunk, Error>> {
        let models = self.models.clone();
        Box::pin(stream! {
            for (index, model) in models.iter().enumerate() {
                let mut chunks = model.respond(prompt.clone());
                let first = chunks.next().await;
                if let Some(Err(error)) = &first
                    && let Some(next) = models.get(index + 1)
                {
                    let (failed, next) = (model.name(), next.name());
                    tracing::warn!(model.name = failed, model.next = next, %error, "next model asked");
                    continue;
                }
                if let Some(chunk) = first {
                    yield chunk;
                }
                while let Some(chunk) = chunks.next().await {
                    yield chunk;
                }
                break;
            }
        })
    }
}
