//! The settings of one provider.

use std::collections::BTreeMap;
use std::path::PathBuf;

use reqwest::Url;
use schemars::JsonSchema;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tandem_config::HumanDuration;

use super::MAX_DURATION;
use super::api_key::{self, ApiKey};
use super::extra_body;
use crate::Kind;
use crate::http::Target;
use crate::providers::DefaultEndpoint;

const MIN_TIMEOUT: HumanDuration = HumanDuration::from_millis(1);

/// A provider of models: `TANDEM_CHAT__MODELS__PROVIDERS__<NAME>__<KEY>`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// The protocol: `openai`, `gemini` or `anthropic`; `builtin` or `scripted` use no network.
    /// Required.
    pub kind: Kind,
    /// The model's name at the provider. Required with a `base_url` other than the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The server: for `openai` the part of the URL before `/chat/completions`, which usually ends in
    /// `/v1`; for `gemini` and `anthropic` the URL without a path. Default: the provider's public API.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// The API key; never shown or logged. Required with the default `base_url`.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        serialize_with = "api_key::serialize_hidden"
    )]
    #[schemars(with = "Option<String>")]
    pub api_key: Option<SecretString>,
    /// A file that contains the API key, instead of `api_key`. White space around the key is ignored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_key_file: Option<PathBuf>,
    /// Fields to add to the JSON body of every request, such as `reasoning_effort`, `temperature` or
    /// `thinking`; objects are merged. In the environment as one table: `{temperature = 0.2}`. Not for
    /// secrets: it is shown. OpenAI's own API gets `reasoning_effort = "none"` unless this table has
    /// another value.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra_body: BTreeMap<String, Value>,
    /// The script of a `scripted` provider. Required for that kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub script: Option<PathBuf>,
    /// Time limit for connecting. Default `"5s"`, at most `"1h"`.
    #[serde(default = "default_connect_timeout")]
    pub connect_timeout: HumanDuration,
    /// Maximum time without received data, before the response and within it. The time of the whole turn
    /// is limited separately. Default `"30s"`, at most `"1h"`.
    #[serde(default = "default_stream_idle_timeout")]
    pub stream_idle_timeout: HumanDuration,
}

impl Provider {
    /// A provider with default settings.
    #[must_use]
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            model: None,
            base_url: None,
            api_key: None,
            api_key_file: None,
            extra_body: BTreeMap::new(),
            script: None,
            connect_timeout: default_connect_timeout(),
            stream_idle_timeout: default_stream_idle_timeout(),
        }
    }

    /// The same, with the default URL and model made explicit.
    pub(super) fn preconfigured(kind: Kind) -> Self {
        let endpoint = kind.implementation().default_endpoint();
        Self {
            model: endpoint.map(|it| it.model.to_owned()),
            base_url: endpoint.map(|it| it.base_url.to_owned()),
            ..Self::new(kind)
        }
    }

    /// All violated rules, each as `field: rule`.
    pub(super) fn validate(&self) -> Vec<String> {
        // The implementation of the kind validates the others.
        let Self {
            kind,
            model: _,
            base_url: _,
            api_key: _,
            api_key_file: _,
            extra_body,
            script: _,
            connect_timeout,
            stream_idle_timeout,
        } = self;
        let timeouts =
            [("connect_timeout", connect_timeout), ("stream_idle_timeout", stream_idle_timeout)];
        let invalid =
            timeouts.into_iter().filter(|(_, it)| !(&MIN_TIMEOUT..=&MAX_DURATION).contains(it));
        let mut errors: Vec<_> = invalid
            .map(|(field, _)| format!("{field}: must be from {MIN_TIMEOUT} to {MAX_DURATION}"))
            .collect();
        errors.extend(extra_body::validate_extra_body(extra_body));
        errors.extend(kind.implementation().validate(self));
        errors
    }

    /// The server and the model, for providers behind HTTP.
    pub(crate) fn target(&self) -> Result<Target, Vec<String>> {
        match (self.parse_base_url(), self.required_model()) {
            (Ok((base_url, host)), Ok(model)) => {
                Ok(Target { base_url, host, model, extra_body: self.merged_extra_body() })
            }
            (url, model) => Err([url.err(), model.err()].into_iter().flatten().collect()),
        }
    }

    /// The fields of these settings, and those that the provider's own API needs.
    fn merged_extra_body(&self) -> Value {
        let own_api = self.default_endpoint().filter(|_| self.is_default_endpoint());
        let defaults = own_api.map_or(&[][..], |it| it.extra_body).iter();
        let mut merged: BTreeMap<String, Value> =
            defaults.map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
        merged.extend(self.extra_body.clone());
        json!(merged)
    }

    /// The base URL without a slash at the end, and its host.
    fn parse_base_url(&self) -> Result<(String, String), String> {
        let default = self.default_endpoint().map(|it| it.base_url);
        let text = self.base_url.as_deref().or(default).unwrap_or_default().trim_end_matches('/');
        let url = Url::parse(text).ok().filter(|url| {
            ["http", "https"].contains(&url.scheme())
                && url.query().is_none()
                && url.fragment().is_none()
        });
        match url.as_ref().and_then(Url::host_str) {
            Some(host) => Ok((text.to_owned(), host.to_owned())),
            None => {
                Err("base_url: is not a valid URL such as http://127.0.0.1:11434/v1".to_owned())
            }
        }
    }

    fn required_model(&self) -> Result<String, String> {
        let default = self.default_endpoint().filter(|_| self.is_default_endpoint());
        match self.model.as_deref().or(default.map(|it| it.model)) {
            Some(model) if !model.trim().is_empty() => Ok(model.to_owned()),
            _ => Err("model: is missing".to_owned()),
        }
    }

    /// The API key, if there is one.
    pub(crate) fn api_key(&self) -> Result<Option<ApiKey>, String> {
        let key = ApiKey::from_settings(self.api_key.as_ref(), self.api_key_file.as_deref())?;
        if key.is_none() && self.is_default_endpoint() {
            let url = self.default_endpoint().map_or("", |it| it.base_url);
            return Err(format!("api_key: is missing (or api_key_file); {url} requires a key"));
        }
        Ok(key)
    }

    /// Whether the server is the provider's public API, not another one with the same protocol.
    fn is_default_endpoint(&self) -> bool {
        let default = self.default_endpoint().map(|it| it.base_url);
        let base_url = self.base_url.as_deref().map(|url| url.trim_end_matches('/'));
        base_url.is_none() || base_url == default
    }

    fn default_endpoint(&self) -> Option<DefaultEndpoint> {
        self.kind.implementation().default_endpoint()
    }
}

const fn default_connect_timeout() -> HumanDuration {
    HumanDuration::from_secs(5)
}

const fn default_stream_idle_timeout() -> HumanDuration {
    HumanDuration::from_secs(30)
}
