//! The next provider, where one fails.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_stream::stream;
use futures::StreamExt as _;
use futures::stream::BoxStream;
use tokio::time::Instant;

use super::{Chunk, Error, Model, Prompt};

/// How long one that failed is asked last, and how long at most where it says so itself.
const REST: Duration = Duration::from_secs(10);
const LONGEST_REST: Duration = Duration::from_secs(60 * 60);

/// Models of which the next one is asked where one fails before it said anything. The last one's failure
/// is its own.
pub(super) struct Fallback {
    name: String,
    members: Vec<Arc<Member>>,
}

/// A model of a list, or of several.
pub(super) struct Member {
    model: Arc<dyn Model>,
    /// Until when it is asked last: a turn of many steps does not wait for it at each of them.
    rests: Mutex<Option<Instant>>,
}

impl Fallback {
    /// `members` in the order in which they are asked, under one name.
    pub(super) fn new(name: &str, members: &[Arc<Member>]) -> Self {
        Self { name: name.to_owned(), members: members.to_vec() }
    }

    /// The members as they are asked now: in their order, those that rest behind the others.
    fn in_order(&self) -> Vec<Arc<Member>> {
        let now = Instant::now();
        let (resting, awake): (Vec<_>, Vec<_>) =
            self.members.iter().cloned().partition(|member| member.rests(now));
        [awake, resting].concat()
    }
}

impl Model for Fallback {
    fn name(&self) -> &str {
        &self.name
    }

    fn respond(&self, prompt: Prompt) -> BoxStream<'static, Result<Chunk, Error>> {
        let members = self.in_order();
        Box::pin(stream! {
            for (index, member) in members.iter().enumerate() {
                let mut chunks = member.model.respond(prompt.clone());
                let first = chunks.next().await;
                if let Some(Err(error)) = &first {
                    member.failed(error);
                    if let Some(next) = members.get(index + 1) {
                        let (failed, next) = (member.model.name(), next.model.name());
                        tracing::warn!(model.name = failed, model.next = next, %error, "next model asked");
                        continue;
                    }
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

impl Member {
    pub(super) fn new(model: Arc<dyn Model>) -> Arc<Self> {
        Arc::new(Self { model, rests: Mutex::default() })
    }

    fn rests(&self, now: Instant) -> bool {
        // std mutex: nothing awaits while it is held.
        self.rests.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|end| now < end)
    }

    /// Takes a rest, unless it was this one call that it refused.
    fn failed(&self, error: &Error) {
        if error.is_refusal() {
            return;
        }
        let rest = error.retry_after().unwrap_or(REST).min(LONGEST_REST);
        *self.rests.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + rest);
    }
}

#[cfg(test)]
mod tests;
