//! Models behind HTTP: one client for all protocols.
//!
//! The `genai` crate covers the same protocols but is not used: version 0.7.2 treats a truncated Gemini
//! stream as a complete response, loses OpenAI tool calls without an index and allocates memory for any
//! index, reads events and error bodies of unlimited size, and logs provider messages unfiltered.

mod error_response;
mod error_text;
mod provider;
mod sse;

use std::sync::Arc;
use std::time::Duration;

use async_stream::try_stream;
use futures::stream::BoxStream;
use reqwest::header::HeaderMap;
use reqwest::{Client, Response, redirect};
use tokio::time::timeout;

use crate::settings::ApiKey;
use crate::{Chunk, Error, Model, Prompt};
use error_text::describe_error;
pub(crate) use provider::{HttpProvider, StreamDecoder, Target};
use sse::SseParser;

/// Maximum size of a response, in bytes: far more than any requested number of tokens.
const MAX_RESPONSE_BYTES: usize = 16 * 1024 * 1024;

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
        Ok(Self(Arc::new(HttpClient { provider, endpoint, url, headers, client })))
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
        &self.0.endpoint.name
    }

    fn respond(&self, prompt: Prompt) -> BoxStream<'static, Result<Chunk, Error>> {
        let client = Arc::clone(&self.0);
        Box::pin(try_stream! {
            let mut body = client.send_request(&prompt).await?;
            let (mut sse, mut decoder) = (SseParser::default(), client.provider.stream_decoder());
            let mut bytes_left = MAX_RESPONSE_BYTES;
            while !decoder.is_finished() {
                let Some(bytes) = client.read_bytes(&mut body, &mut bytes_left).await? else { break };
                sse.push(&bytes);
                while let Some(data) = sse.next_event().map_err(|error| client.redact_key(error))? {
                    let text = decoder.decode_event(&data);
                    if let Some(text) = text.map_err(|error| client.redact_key(error))? {
                        yield Chunk::Text(text);
                    }
                }
            }
            for chunk in decoder.finish().map_err(|error| client.redact_key(error))? {
                yield chunk;
            }
            // A connection is reused only if its response was read to the end.
            let _ = timeout(DRAIN_TIMEOUT, async { while let Ok(Some(_)) = body.chunk().await {} }).await;
        })
    }
}

impl<P: HttpProvider> HttpClient<P> {
    /// Sends a prompt and waits for the headers of a successful response.
    async fn send_request(&self, prompt: &Prompt) -> Result<Response, Error> {
        let request = self
            .client
            .post(&self.url)
            .headers(self.headers.clone())
            .json(&self.provider.request_body(&self.endpoint.target, prompt));
        let response = async {
            let response = request.send().await.map_err(|error| send_error(&error))?;
            if response.status().is_success() {
                Ok(response)
            } else {
                Err(error_response::read_error(response).await)
            }
        };
        let response = timeout(self.endpoint.idle_timeout, response).await;
        response
            .map_err(|_| self.idle_timeout_error())
            .flatten()
            .map_err(|error| self.redact_key(error))
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
            .map_err(|error| self.redact_key(Error::invalid_response(describe_error(&error))))?;
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

    /// Removes the key, which some providers repeat in their messages.
    fn redact_key(&self, error: Error) -> Error {
        match &self.endpoint.key {
            Some(key) => error.redact(key.expose_secret()),
            None => error,
        }
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
