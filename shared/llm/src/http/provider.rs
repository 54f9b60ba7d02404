//! What a provider behind HTTP defines.

use std::sync::Arc;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value};

use super::{Endpoint, HttpModel, StreamDecoder};
use crate::providers::{DefaultEndpoint, OpenContext, ProviderKind};
use crate::settings::ApiKey;
use crate::{Model, Prompt, Provider};

/// A provider behind HTTP that streams its responses as server-sent events.
pub(crate) trait HttpProvider: Copy + Send + Sync + 'static {
    /// The value of the setting `kind`, and the name of the provider with default settings.
    const KIND: &'static str;

    /// The public API, used unless settings name another server.
    const DEFAULT_ENDPOINT: DefaultEndpoint;

    /// Environment variables, each with the setting of the default provider that it sets.
    const ENVIRONMENT_VARIABLES: &'static [(&'static str, &'static str)];

    /// The URL to which prompts are posted. It must not contain the key.
    fn request_url(&self, target: &Target) -> String;

    /// The header that carries the key.
    ///
    /// # Errors
    /// The key cannot be a part of a header value.
    fn key_header(&self, key: &ApiKey) -> Result<(HeaderName, HeaderValue), String>;

    /// Headers that the protocol requires besides the key.
    fn protocol_headers(&self) -> HeaderMap {
        HeaderMap::new()
    }

    /// The JSON body of a request, from a prompt with [normalized](crate::history::normalize_entries)
    /// entries.
    fn request_body(&self, target: &Target, prompt: &Prompt) -> Value;

    /// The change (a merge patch) with which `body` may be accepted, after the server refused it with
    /// `message`; `None` if no field is to blame.
    fn adjust_body(&self, _body: &Value, _message: &str) -> Option<Map<String, Value>> {
        None
    }

    /// A decoder for one response.
    fn stream_decoder(&self) -> Box<dyn StreamDecoder>;
}

/// The server and the model to which requests go.
pub(crate) struct Target {
    /// The base URL, without a slash at the end.
    pub(crate) base_url: String,
    /// The host of the base URL.
    pub(crate) host: String,
    /// The model's name at the provider.
    pub(crate) model: String,
    /// Fields that are merged into every request: those of the settings, and those that the provider's
    /// own API needs.
    pub(crate) extra_body: Value,
}

impl<P: HttpProvider> ProviderKind for P {
    fn name(&self) -> &'static str {
        P::KIND
    }

    fn default_endpoint(&self) -> Option<DefaultEndpoint> {
        Some(P::DEFAULT_ENDPOINT)
    }

    fn environment_variables(&self) -> &'static [(&'static str, &'static str)] {
        P::ENVIRONMENT_VARIABLES
    }

    fn is_remote(&self) -> bool {
        true
    }

    fn validate(&self, settings: &Provider) -> Vec<String> {
        let errors = [settings.target().err(), settings.api_key().err().map(|error| vec![error])];
        errors.into_iter().flatten().flatten().collect()
    }

    fn open(&self, context: &OpenContext<'_>) -> Result<Arc<dyn Model>, String> {
        let settings = context.settings;
        let endpoint = Endpoint {
            name: context.name.to_owned(),
            target: settings.target().map_err(|errors| errors.join("; "))?,
            key: settings.api_key()?,
            connect_timeout: settings.connect_timeout.get(),
            idle_timeout: settings.stream_idle_timeout.get(),
        };
        Ok(Arc::new(HttpModel::new(*self, endpoint)?))
    }
}
