//! Models behind HTTP: one client for all protocols.
//!
//! The `genai` crate covers the same protocols but is not used: version 0.7.2 treats a truncated Gemini
//! stream as a complete response, loses OpenAI tool calls without an index and allocates memory for any
//! index, reads events and error bodies of unlimited size, and logs provider messages unfiltered.

mod body;
mod error_response;
mod error_text;
mod event_reader;
mod provider;
pub(crate) mod provider_error;
mod response;
mod sse;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_stream::try_stream;
use futures::stream::BoxStream;
use reqwest::header::HeaderMap;
use reqwest::{Client, Response, redirect};
use serde_json::{Map, Value};
use tokio::time::timeout;

use crate::settings::ApiKey;
use crate::{Chunk, Error, Model, Prompt, history};
use body::merge;
use error_text::describe_error;
use event_reader::EventReader;
pub(crate) use provider::{HttpProvider, Target};
use response::ResponseBuilder;
pub(crate) use response::{Ending, StopReason, StreamDecoder};

/// Maximum size of a response, in bytes: far more than any requested number of tokens.
const MAX_RESPONSE_BYTES: usize = 16 * 1024 * 1024;

/// How often a request is sent with other fields after the provider refused one by its name.
const MAX_ADJUSTMENTS: usize = 3;

/// How long to wait for the end of the body after the end of the response, so that the connection can
/// be reused.
const DRAIN_TIMEOUT: Duration = Duration::from_millis(100);

/// Where the requests of one configured provider go, with which headers and timeouts.
pub(crate) struct Endpoint {
    /// The provider's name in the settings.
    pub(crate) name: String,
    /// The server and the model.
    pub(crate) target: Target,
    /// Sent in the provider's own header, and redacted from its messages.
    pub(crate) key: Option<ApiKey>,
    /// Time limit for connecting.
    pub(crate) connect_timeout: Duration,
    /// Time limit for the response headers, and for each chunk of the body.
    pub(crate) idle_timeout: Duration,
}

/// A model behind HTTP.
pub(crate) struct HttpModel<P>(Arc<HttpClient<P>>);

struct HttpClient<P> {
    provider: P,
    endpoint: Endpoint,
    url: String,
    headers: HeaderMap,
    client: Client,
    /// Changes to request bodies without which this server refuses them, as a merge patch.
    learned: Mutex<Map<String, Value>>,
}

impl<P: HttpProvider> HttpModel<P> {
    /// Creates the client. It connects when it is first used.
    ///
    /// # Errors
    /// The TLS library cannot be initialized.
    pub(crate) fn new(provider: P, endpoint: Endpoint) -> Result<Self, String> {
        let client = Client::builder()
            .connect_timeout(endpoint.connect_timeout)
            // A redirect to another host would take some of the key headers along.
            .redirect(redirect::Policy::none())
            .user_agent(concat!("tandem/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| describe_error(&error))?;
        let url = provider.request_url(&endpoint.target);
        let headers = request_headers(&provider, endpoint.key.as_ref())?;
        let learned = Mutex::default();
        Ok(Self(Arc::new(HttpClient { provider, endpoint, url, headers, client, learned })))
    }
}

/// The headers of every request. The one with the key is marked as sensitive.
fn request_headers(
    provider: &impl HttpProvider,
    key: Option<&ApiKey>,
) -> Result<HeaderMap, String> {
    let mut headers = provider.protocol_headers();
    if let Some(key) = key {
        let (name, mut value) = provider.key_header(key)?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    Ok(headers)
}

impl<P: HttpProvider> Model for HttpModel<P> {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn respond(&self, prompt: Prompt) -> BoxStream<'static, Result<Chunk, Error>> {
        let client = Arc::clone(&self.0);
        Box::pin(try_stream! {
            let mut body = client.send_request(prompt).await?;
            let (mut events, mut bytes_left) = (EventReader::default(), MAX_RESPONSE_BYTES);
            let decoder = client.provider.stream_decoder();
            let mut response = ResponseBuilder::new(client.name(), decoder);
            while !response.is_finished() {
                let bytes = client.read_bytes(&mut body, &mut bytes_left).await?;
                events.push(bytes.as_deref());
                while let Some(data) = client.redact_key(events.next_event())? {
                    let text = response.decode_event(&data);
                    if let Some(usage) = response.new_usage() {
                        yield Chunk::Usage(usage);
                    }
                    if let Some(text) = client.redact_key(text)? {
                        yield Chunk::Text(text);
                    }
                }
                if bytes.is_none() {
                    break;
                }
            }
            for chunk in client.redact_key(response.finish())? {
                yield chunk;
            }
            // A connection is reused only if its response was read to the end.
            let _ = timeout(DRAIN_TIMEOUT, async { while let Ok(Some(_)) = body.chunk().await {} }).await;
        })
    }
}

impl<P: HttpProvider> HttpClient<P> {
    /// Sends a prompt and waits for the headers of a successful response. If the server refuses a field
    /// by its name, the request is sent again without it, and so are later ones.
    async fn send_request(&self, prompt: Prompt) -> Result<Response, Error> {
        let mut body = self.request_body(prompt);
        let mut changes = Map::new();
        let mut adjustments_left = MAX_ADJUSTMENTS;
        loop {
            let error = match self.post(&body).await {
                Ok(response) => {
                    self.learned().extend(changes);
                    return Ok(response);
                }
                Err(error) => error,
            };
            let refused = error.refused_field_text().filter(|_| adjustments_left > 0);
            let Some(change) = refused.and_then(|text| self.provider.adjust_body(&body, text))
            else {
                return Err(error);
            };
            adjustments_left -= 1;
            let fields = change.keys().cloned().collect::<Vec<_>>().join(", ");
            tracing::info!(model.name = self.name(), fields, %error, "adjusting model requests");
            changes.extend(change.clone());
            merge(&mut body, &Value::Object(change));
        }
    }

    fn name(&self) -> &str {
        &self.endpoint.name
    }

    fn request_body(&self, prompt: Prompt) -> Value {
        let entries = history::normalize_entries(&prompt, self.name());
        let target = &self.endpoint.target;
        let mut body = self.provider.request_body(target, &Prompt { entries, ..prompt });
        merge(&mut body, &target.extra_body);
        merge(&mut body, &Value::Object(self.learned().clone()));
        body
    }

    fn learned(&self) -> MutexGuard<'_, Map<String, Value>> {
        // std mutex: nothing awaits while it is held.
        self.learned.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn post(&self, body: &Value) -> Result<Response, Error> {
        let request = self.client.post(&self.url).headers(self.headers.clone()).json(body);
        let response = async {
            let response = request.send().await.map_err(|error| send_error(&error))?;
            if response.status().is_success() {
                Ok(response)
            } else {
                Err(error_response::read_error(response).await)
            }
        };
        let response = timeout(self.endpoint.idle_timeout, response).await;
        self.redact_key(response.map_err(|_| self.idle_timeout_error()).flatten())
    }

    /// The next bytes of a body; `None` at its end. `bytes_left` is how many more are accepted.
    async fn read_bytes(
        &self,
        body: &mut Response,
        bytes_left: &mut usize,
    ) -> Result<Option<Vec<u8>>, Error> {
        let bytes = timeout(self.endpoint.idle_timeout, body.chunk()).await;
        let bytes = bytes
            .map_err(|_| self.idle_timeout_error())?
            .map_err(|error| Error::invalid_response(describe_error(&error)));
        let bytes = self.redact_key(bytes)?;
        let Some(bytes) = bytes else { return Ok(None) };
        *bytes_left = bytes_left.checked_sub(bytes.len()).ok_or_else(|| {
            Error::invalid_response(format!("the response exceeds {MAX_RESPONSE_BYTES} bytes"))
        })?;
        Ok(Some(bytes.into()))
    }

    fn idle_timeout_error(&self) -> Error {
        let limit = self.endpoint.idle_timeout.as_millis();
        Error::idle_timeout(format!("received nothing for {limit} ms"))
    }

    /// Removes the key from an error: some providers repeat it in their messages.
    fn redact_key<T>(&self, result: Result<T, Error>) -> Result<T, Error> {
        result.map_err(|error| match &self.endpoint.key {
            Some(key) => error.redact(key.expose_secret()),
            None => error,
        })
    }
}

fn send_error(error: &reqwest::Error) -> Error {
    let message = describe_error(error);
    if error.is_connect() || error.is_timeout() {
        Error::unavailable(message)
    } else if error.is_builder() {
        Error::rejected(message)
    } else {
        Error::invalid_response(message)
    }
}
