//! Retries with the same provider.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::sync::Arc;
use std::time::Duration;

use async_stream::stream;
use futures::StreamExt as _;
use futures::stream::BoxStream;
use tokio::time::sleep;

use crate::{Chunk, Error, Model, Prompt};

/// How often a failed call is retried, and after which delays.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RetryPolicy {
    /// Maximum number of calls after the first one.
    pub(crate) max_retries: u32,
    /// Delay before the first retry; doubles with each further one.
    pub(crate) initial_backoff: Duration,
    /// Maximum delay. If the provider requests a longer one, the call is not retried.
    pub(crate) max_backoff: Duration,
}

/// A model whose calls are retried if they fail before the first content. A call that fails later is not
/// retried: its content has been delivered, and a second response would not continue them.
pub(crate) struct Retry {
    model: Arc<dyn Model>,
    policy: RetryPolicy,
}

impl Retry {
    pub(crate) fn new(model: Arc<dyn Model>, policy: RetryPolicy) -> Self {
        Self { model, policy }
    }
}

impl Model for Retry {
    fn name(&self) -> &str {
        self.model.name()
    }

    fn respond(&self, prompt: Prompt) -> BoxStream<'static, Result<Chunk, Error>> {
        let (model, policy) = (Arc::clone(&self.model), self.policy);
        Box::pin(stream! {
            for attempt in 0.. {
                let mut chunks = model.respond(prompt.clone());
                let (mut has_content, mut failure) = (false, None);
                while let Some(chunk) = chunks.next().await {
                    match chunk {
                        Ok(chunk) => {
                            has_content |= chunk.is_content();
                            yield Ok(chunk);
                        }
                        Err(error) => {
                            failure = Some(error);
                            break;
                        }
                    }
                }
                let failure = failure.or_else(|| (!has_content).then(Error::empty));
                let Some(error) = failure else { break };
                let delay = policy.retry_delay(attempt, &error).filter(|_| !has_content);
                let Some(delay) = delay else {
                    yield Err(error);
                    break;
                };
                tracing::warn!(model.name = model.name(), attempt, %error, "retrying model call");
                sleep(delay).await;
            }
        })
    }
}

impl RetryPolicy {
    /// The delay before the next attempt; `None` if there is none. `attempt` is the number of the
    /// failed attempt, starting at 0.
    fn retry_delay(&self, attempt: u32, error: &Error) -> Option<Duration> {
        if attempt >= self.max_retries || !error.is_retryable() {
            return None;
        }
        match error.retry_after() {
            Some(requested) => (requested <= self.max_backoff).then_some(requested),
            None => {
                let backoff = self.initial_backoff.saturating_mul(1 << attempt.min(16));
                // Jitter: calls that failed together are not retried together.
                Some(backoff.min(self.max_backoff).mul_f64(0.5 + random_fraction() / 2.0))
            }
        }
    }
}

/// A random number from 0 to 1, from the random keys of a new hasher.
fn random_fraction() -> f64 {
    let random = RandomState::new().build_hasher().finish();
    (random >> 32) as f64 / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests;
