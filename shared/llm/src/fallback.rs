//! Fallback to the next model of a list.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_stream::stream;
use futures::StreamExt as _;
use futures::stream::BoxStream;
use tokio::time::Instant;

use crate::{Chunk, Error, Model, Prompt};

/// Cooldown of a failed member, unless the provider requests another one, and the maximum of that.
const COOLDOWN: Duration = Duration::from_secs(10);
const MAX_COOLDOWN: Duration = Duration::from_secs(60 * 60);

/// A list of models. If one fails before its first content, the next one is called. If all fail, an empty
/// response is returned rather than the failure of the last one.
pub(crate) struct Fallback {
    name: String,
    members: Vec<Arc<Member>>,
}

/// A member of one or more lists.
pub(crate) struct Member {
    model: Arc<dyn Model>,
    /// Until then the model is called last, so that a turn of many steps does not wait for it at each.
    cooldown_end: Mutex<Option<Instant>>,
}

impl Fallback {
    /// A list with a name of its own; `members` in the order in which they are called.
    pub(crate) fn new(name: &str, members: &[Arc<Member>]) -> Self {
        Self { name: name.to_owned(), members: members.to_vec() }
    }

    /// The members in the order of calls at this time: those that are cooling down come last.
    fn members_in_call_order(&self) -> Vec<Arc<Member>> {
        let now = Instant::now();
        let (cooling_down, ready): (Vec<_>, Vec<_>) =
            self.members.iter().cloned().partition(|member| member.is_cooling_down(now));
        [ready, cooling_down].concat()
    }
}

impl Model for Fallback {
    fn name(&self) -> &str {
        &self.name
    }

    fn respond(&self, prompt: Prompt) -> BoxStream<'static, Result<Chunk, Error>> {
        let members = self.members_in_call_order();
        Box::pin(stream! {
            let mut empty_response = None;
            for (index, member) in members.iter().enumerate() {
                let mut chunks = member.model.respond(prompt.clone());
                let (mut has_content, mut failure) = (false, None);
                yield Ok(Chunk::Source(member.model.name().to_owned()));
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
                if has_content {
                    yield Err(error);
                    break;
                }
                member.record_failure(&error);
                let Some(next) = members.get(index + 1) else {
                    // An empty response is no outage.
                    yield Err(empty_response.unwrap_or(error));
                    break;
                };
                let (failed, next) = (member.model.name(), next.model.name());
                tracing::warn!(model.name = failed, model.next = next, %error, "falling back to next model");
                if error.is_empty() {
                    empty_response = Some(error);
                }
            }
        })
    }
}

impl Member {
    pub(crate) fn new(model: Arc<dyn Model>) -> Arc<Self> {
        Arc::new(Self { model, cooldown_end: Mutex::default() })
    }

    fn is_cooling_down(&self, now: Instant) -> bool {
        // std mutex: nothing awaits while it is held.
        let end = self.cooldown_end.lock().unwrap_or_else(PoisonError::into_inner);
        end.is_some_and(|end| now < end)
    }

    /// Starts the cooldown, unless the provider rejected just this request.
    fn record_failure(&self, error: &Error) {
        if error.is_rejected() {
            return;
        }
        let cooldown = error.retry_after().unwrap_or(COOLDOWN).min(MAX_COOLDOWN);
        let mut end = self.cooldown_end.lock().unwrap_or_else(PoisonError::into_inner);
        *end = Some(Instant::now() + cooldown);
    }
}

#[cfg(test)]
mod tests;
