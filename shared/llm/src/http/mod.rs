//! Models behind HTTP: one client, whatever the provider's protocol.
//!
//! Not the `genai` crate, which speaks the same protocols: its 0.7.2 takes a Gemini stream that broke off
//! for a whole answer, loses OpenAI tool calls without an index and reserves room for whatever index
//! is named, reads events and refusals of any size, and logs what providers say as it comes.

mod events;
mod refusal;
mod words;

use std::sync::Arc;
use std::time::Duration;

use async_stream::try_stream;
use futures::stream::BoxStream;
use reqwest::header::HeaderMap;
use reqwest::{Client, Response, redirect};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use tokio::time::timeout;

use super::{Chunk, Error, Model, Prompt};
use events::Events;
use words::in_full;

/// The largest answer that is read, in bytes: far more than any number of tokens that is asked for.
const LARGEST: usize = 16 * 1024 * 1024;

/// How long the connection may stay open behind the end of an answer, to be used again.
const LAST_BYTES: Duration = Duration::from_millis(100);

/// How a provider is spoken to.
pub(super) trait Protocol: Send + Sync {
    /// What is posted for a prompt.
    fn body(&self, prompt: &Prompt) -> Value;

    /// What reads the events of one answer.
    fn reader(&self) -> Box<dyn Reader>;
}

/// Reads one answer, event by event.
pub(super) trait Reader: Send {
    /// Takes in the data of an event: the text that it adds, if any.
    ///
    /// # Errors
    /// The data cannot be read, or says that the provider failed.
    fn read(&mut self, data: &str) -> Result<Option<String>, Error>;

    /// Whether nothing of the answer is left to come.
    fn is_done(&self) -> bool;

    /// What else there is when the stream has ended: the calls, and what the answer cost.
    ///
    /// # Errors
    /// The stream ended before the answer did.
    fn end(&mut self) -> Result<Vec<Chunk>, Error>;
}

/// Where a provider is, and how long it may take.
pub(super) struct Endpoint {
    /// The name under which settings know it.
    pub(super) name: String,
    /// Where prompts are posted.
    pub(super) url: String,
    /// The headers of every call; those with the key are marked as sensitive.
    pub(super) headers: HeaderMap,
    /// The key, so that it can be taken out of what the provider says.
    pub(super) key: Option<SecretString>,
    /// How long connecting may take.
    pub(super) connect: Duration,
    /// How long it may say nothing.
    pub(super) silence: Duration,
}

/// A model behind HTTP.
pub(super) struct Http(Arc<Inner>);

struct Inner {
    endpoint: Endpoint,
    client: Client,
    protocol: Box<dyn Protocol>,
}

impl Http {
    /// A model that connects when it is first asked.
    ///
    /// # Errors
    /// The TLS library cannot be started.
    pub(super) fn new(endpoint: Endpoint, protocol: Box<dyn Protocol>) -> Result<Self, String> {
        let client = Client::builder()
            .connect_timeout(endpoint.connect)
            // Not all the headers that carry keys would stay behind when the host changes.
            .redirect(redirect::Policy::none())
            .user_agent(concat!("tandem/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| in_full(&error))?;
        Ok(Self(Arc::new(Inner { endpoint, client, protocol })))
    }
}

impl Model for Http {
    fn name(&self) -> &str {
        &self.0.endpoint.name
    }

    fn respond(&self, prompt: Prompt) -> BoxStream<'static, Result<Chunk, Error>> {
        let inner = Arc::clone(&self.0);
        Box::pin(try_stream! {
            let mut body = inner.post(&prompt).await?;
            let (mut events, mut reader) = (Events::default(), inner.protocol.reader());
            let mut left = LARGEST;
            while !reader.is_done() {
                let Some(bytes) = inner.more(&mut body, &mut left).await? else { break };
                events.push(&bytes);
                while let Some(data) = events.next().map_err(|error| inner.cleaned(error))? {
                    if let Some(text) = reader.read(&data).map_err(|error| inner.cleaned(error))? {
                        yield Chunk::Text(text);
                    }
                }
            }
            for chunk in reader.end().map_err(|error| inner.cleaned(error))? {
                yield chunk;
            }
            // A connection is used again only if its answer was read to the end.
            let _ = timeout(LAST_BYTES, async { while let Ok(Some(_)) = body.chunk().await {} }).await;
        })
    }
}

impl Inner {
    /// The answer to a prompt, when it begins.
    async fn post(&self, prompt: &Prompt) -> Result<Response, Error> {
        let request = self
            .client
            .post(&self.endpoint.url)
            .headers(self.endpoint.headers.clone())
            .json(&self.protocol.body(prompt));
        let answered = async {
            let response = request.send().await.map_err(not_sent)?;
            if response.status().is_success() {
                Ok(response)
            } else {
                Err(refusal::of(response).await)
            }
        };
        let response = timeout(self.endpoint.silence, answered).await;
        response.map_err(|_| self.silent()).flatten().map_err(|error| self.cleaned(error))
    }

    /// The next bytes of an answer of which so many are `left` to be read.
    async fn more(&self, body: &mut Response, left: &mut usize) -> Result<Option<Vec<u8>>, Error> {
        let bytes =
            timeout(self.endpoint.silence, body.chunk()).await.map_err(|_| self.silent())?;
        let bytes = bytes.map_err(|error| self.cleaned(Error::broken(in_full(&error))))?;
        let Some(bytes) = bytes else { return Ok(None) };
        *left = left
            .checked_sub(bytes.len())
            .ok_or_else(|| Error::broken(format!("the answer has more than {LARGEST} bytes")))?;
        Ok(Some(bytes.into()))
    }

    fn silent(&self) -> Error {
        Error::silent(format!("nothing came for {} ms", self.endpoint.silence.as_millis()))
    }

    /// A failure without the key, which some providers repeat.
    fn cleaned(&self, error: Error) -> Error {
        match &self.endpoint.key {
            Some(key) => error.without(key.expose_secret()),
            None => error,
        }
    }
}

fn not_sent(error: reqwest::Error) -> Error {
    let words = in_full(&error);
    if error.is_connect() || error.is_timeout() {
        Error::unavailable(words)
    } else if error.is_builder() {
        Error::refused(words)
    } else {
        Error::broken(words)
    }
}
