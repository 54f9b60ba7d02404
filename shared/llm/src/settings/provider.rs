//! One provider of models.

use std::path::PathBuf;
use std::time::Duration;

use reqwest::Url;
use reqwest::header::HeaderValue;
use schemars::JsonSchema;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::{LONGEST_MS, key};
use crate::providers::scripted::Script;
use crate::providers::{anthropic, gemini, openai};

/// One provider of models: `TANDEM_CHAT__MODELS__PROVIDERS__<NAME>__<KEY>`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// How it is spoken to. Required.
    pub kind: Kind,
    /// The model's name at the provider. Required where `base_url` is somebody's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Where it is: for `openai` the address that ends with `/v1`, or whatever is before
    /// `/chat/completions`; for `gemini` and `anthropic` the address without a path. Default: the
    /// provider's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// The key. Never shown. Required where `base_url` is the provider's own.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "key::hidden")]
    #[schemars(with = "Option<String>")]
    pub api_key: Option<SecretString>,
    /// A file that holds the key, instead; white space around it does not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_key_file: Option<PathBuf>,
    /// The file that a `scripted` provider plays. Required there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub script: Option<PathBuf>,
    /// How long connecting may take, in milliseconds. Default 5000.
    #[serde(default = "connect")]
    pub connect_timeout_ms: u64,
    /// How long the provider may say nothing, before its answer begins and within it, in milliseconds.
    /// The whole turn has a limit of its own. Default 30000.
    #[serde(default = "silence")]
    pub silence_timeout_ms: u64,
}

/// How a provider is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Part of the service, without any network.
    Builtin,
    /// The OpenAI protocol, which most servers of models speak.
    OpenAi,
    /// The protocol of Gemini.
    Gemini,
    /// The protocol of Anthropic.
    Anthropic,
    /// Plays a file.
    Scripted,
}

impl Kind {
    /// The name of the setting, and of the provider of this kind that is there already.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Builtin => "builtin",
            Self::OpenAi => "openai",
            Self::Gemini => "gemini",
            Self::Anthropic => "anthropic",
            Self::Scripted => "scripted",
        }
    }

    /// Where the provider itself is, and a model that it has.
    const fn home(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::OpenAi => Some((openai::HOME, "gpt-5-mini")),
            Self::Gemini => Some((gemini::HOME, "gemini-flash-latest")),
            Self::Anthropic => Some((anthropic::HOME, "claude-sonnet-4-5")),
            Self::Builtin | Self::Scripted => None,
        }
    }
}

impl Provider {
    /// A provider with the defaults for everything else.
    #[must_use]
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            model: None,
            base_url: None,
            api_key: None,
            api_key_file: None,
            script: None,
            connect_timeout_ms: connect(),
            silence_timeout_ms: silence(),
        }
    }

    /// The same, with its address and model written out.
    pub(super) fn known(kind: Kind) -> Self {
        let home = kind.home();
        Self {
            model: home.map(|(_, model)| model.to_owned()),
            base_url: home.map(|(url, _)| url.to_owned()),
            ..Self::new(kind)
        }
    }

    /// Every fault at once, each as `field: what is wrong`.
    pub(super) fn validate(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let timeouts = [
            ("connect_timeout_ms", self.connect_timeout_ms),
            ("silence_timeout_ms", self.silence_timeout_ms),
        ];
        for (field, value) in timeouts {
            if !(1..=LONGEST_MS).contains(&value) {
                faults.push(format!("{field}: must be from 1 to {LONGEST_MS}"));
            }
        }
        match self.kind {
            Kind::Builtin => {}
            Kind::Scripted => faults.extend(self.script().err()),
            _ => faults.extend(
                [self.url().err(), self.model().err(), self.key().err()].into_iter().flatten(),
            ),
        }
        faults
    }

    /// Where it is, without a slash at the end.
    pub(crate) fn url(&self) -> Result<String, String> {
        let text = self.base_url.as_deref().or(self.kind.home().map(|(url, _)| url));
        let text = text.unwrap_or_default().trim_end_matches('/');
        let is_address = Url::parse(text).is_ok_and(|url| {
            ["http", "https"].contains(&url.scheme())
                && url.has_host()
                && url.query().is_none()
                && url.fragment().is_none()
        });
        if is_address {
            return Ok(text.to_owned());
        }
        Err("base_url: is no address such as http://127.0.0.1:11434/v1".to_owned())
    }

    /// The model's name there.
    pub(crate) fn model(&self) -> Result<String, String> {
        let known = self.kind.home().filter(|_| self.is_at_home()).map(|(_, model)| model);
        match self.model.as_deref().or(known) {
            Some(model) if !model.trim().is_empty() => Ok(model.to_owned()),
            _ => Err("model: is missing".to_owned()),
        }
    }

    /// The key, where it has one.
    pub(crate) fn key(&self) -> Result<Option<(SecretString, HeaderValue)>, String> {
        let key = key::read(self.api_key.as_ref(), self.api_key_file.as_deref())?;
        if key.is_none() && self.is_at_home() {
            let home = self.kind.home().map_or("", |(url, _)| url);
            return Err(format!(
                "api_key: is missing (or api_key_file): {home} takes no call without"
            ));
        }
        Ok(key)
    }

    /// What a scripted one plays.
    pub(crate) fn script(&self) -> Result<Script, String> {
        let path = self.script.as_deref().ok_or("script: names no file")?;
        Script::open(path).map_err(|fault| format!("script: {} {fault}", path.display()))
    }

    /// Whether it is the provider itself, not a server that speaks its protocol.
    pub(crate) fn is_at_home(&self) -> bool {
        let home = self.kind.home().map(|(url, _)| url);
        self.base_url.is_none()
            || self.base_url.as_deref().map(|it| it.trim_end_matches('/')) == home
    }

    /// How long connecting may take.
    pub(crate) fn connect(&self) -> Duration {
        Duration::from_millis(self.connect_timeout_ms)
    }

    /// How long it may say nothing.
    pub(crate) fn silence(&self) -> Duration {
        Duration::from_millis(self.silence_timeout_ms)
    }
}

const fn connect() -> u64 {
    5_000
}

const fn silence() -> u64 {
    30_000
}
