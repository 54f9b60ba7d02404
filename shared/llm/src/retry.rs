//! Asking a provider again.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::sync::Arc;
use std::time::Duration;

use async_stream::stream;
use futures::StreamExt as _;
use futures::stream::BoxStream;
use tokio::time::sleep;

use super::{Chunk, Error, Model, Prompt};

/// How often a provider is asked again, and after what pauses.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// Calls after the first one.
    pub(super) retries: u32,
    /// The pause before the first of them; each one after it is twice as long.
    pub(super) pause: Duration,
    /// The longest pause. A provider that asks for a longer one is given up.
    pub(super) longest: Duration,
}

/// A model that is asked again where it failed before it said anything. What it has begun to say is
/// with the user already: a second answer does not go on where the first one broke off.
pub(super) struct Retry {
    model: Arc<dyn Model>,
    patience: Patience,
}

impl Retry {
    pub(super) fn new(model: Arc<dyn Model>, patience: Patience) -> Self {
        Self { model, patience }
    }
}

impl Model for Retry {
    fn name(&self) -> &str {
        self.model.name()
    }

    fn respond(&self, prompt: Prompt) -> BoxStream<'static, Result<Chunk, Error>> {
        let (model, patience) = (Arc::clone(&self.model), self.patience);
        Box::pin(stream! {
            for attempt in 0.. {
                let mut chunks = model.respond(prompt.clone());
                let first = chunks.next().await;
                if let Some(Err(error)) = &first
                    && let Some(pause) = patience.pause(attempt, error)
                {
                    tracing::warn!(model.name = model.name(), attempt, %error, "model asked again");
                    sleep(pause).await;
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

impl Patience {
    /// How long to wait after the failure of an attempt, the first of which is 0; `None` where it is
    /// not asked again.
    fn pause(&self, attempt: u32, error: &Error) -> Option<Duration> {
        if attempt >= self.retries || !error.may_pass() {
            return None;
        }
        match error.retry_after() {
            Some(asked) => (asked <= self.longest).then_some(asked),
            None => {
                let pause = self.pause.saturating_mul(1 << attempt.min(16)).min(self.longest);
                // Those who failed together do not all come back together.
                Some(pause.mul_f64(0.5 + fraction() / 2.0))
            }
        }
    }
}

/// Any number from 0 to 1: the keys of every hasher are random.
fn fraction() -> f64 {
    let random = RandomState::new().build_hasher().finish();
    (random >> 32) as f64 / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests;
