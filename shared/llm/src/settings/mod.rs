//! The section `models` of the settings.

mod api_key;
mod extra_body;
mod provider;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tandem_config::{HumanDuration, ValidateConfig, prefixed};

use crate::Kind;
pub(crate) use api_key::ApiKey;
pub use provider::Provider;

const MAX_RETRIES: u32 = 10;
const MAX_DURATION: HumanDuration = HumanDuration::from_hours(1);
const MAX_NAME_CHARS: usize = 64;

/// Which models are used: `TANDEM_CHAT__MODELS__<KEY>`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Names of providers. The first one is the default; if it fails, the next ones are called in this
    /// order. A failed provider is called last for 10 seconds, or as long as it requests. Default `["builtin"]`, which sends no data to any server.
    pub fallback_order: Vec<String>,
    /// The providers that a message may name, in addition to the default one. A provider that is not in
    /// `fallback_order` has no fallback. Default: those of `fallback_order`.
    pub selectable: Vec<String>,
    /// Maximum number of retries before the next provider is called. Status 408, 409, 425, 429 and 5xx,
    /// connection errors, invalid and empty responses are retried, unless a part of the response has been
    /// delivered; the provider's `x-should-retry` header has precedence. Default 2, at most 10.
    pub retries: u32,
    /// Delay before the first retry; doubles with each further one. Default `"500ms"`, at most `"1h"`.
    pub retry_initial_backoff: HumanDuration,
    /// Maximum delay before a retry. If a provider requests a longer one, the call is not
    /// retried. Default `"10s"`, at most `"1h"`.
    pub retry_max_backoff: HumanDuration,
    /// The providers by name, which consists of letters, digits, `-` and `_`. `builtin`, `openai`,
    /// `gemini` and `anthropic` are preconfigured.
    pub providers: BTreeMap<String, Provider>,
}

impl Default for Settings {
    fn default() -> Self {
        let kinds = Kind::all().filter(|kind| kind.implementation().is_preconfigured());
        Self {
            fallback_order: vec![Kind::BUILTIN.name().to_owned()],
            selectable: Vec::new(),
            retries: 2,
            retry_initial_backoff: HumanDuration::from_millis(500),
            retry_max_backoff: HumanDuration::from_secs(10),
            providers: kinds
                .map(|kind| (kind.name().to_owned(), Provider::preconfigured(kind)))
                .collect(),
        }
    }
}

impl ValidateConfig for Settings {
    fn validate(&self) -> Vec<String> {
        // Every field by name: a new one does not compile until its rule is considered.
        let Self {
            fallback_order: _,
            selectable: _,
            retries: _,
            retry_initial_backoff: _,
            retry_max_backoff: _,
            providers: _,
        } = self;
        let mut errors = self.unknown_providers();
        errors.extend(self.invalid_names());
        if self.fallback_order.is_empty() {
            errors.push("fallback_order: must name at least one provider".to_owned());
        }
        if self.retries > MAX_RETRIES {
            errors.push(format!("retries: must be at most {MAX_RETRIES}"));
        }
        let durations = [
            ("retry_initial_backoff", self.retry_initial_backoff),
            ("retry_max_backoff", self.retry_max_backoff),
        ];
        let too_long = durations.into_iter().filter(|(_, value)| *value > MAX_DURATION);
        errors
            .extend(too_long.map(|(field, _)| format!("{field}: must be at most {MAX_DURATION}")));
        for (name, provider) in &self.providers {
            // A preconfigured provider that is not used needs no key. Its settings are shown, though.
            let rules = if self.is_used(name) {
                provider.validate()
            } else {
                extra_body::validate_extra_body(&provider.extra_body)
            };
            errors.extend(prefixed(&format!("providers.{name}"), rules));
        }
        errors
    }
}

impl Settings {
    fn is_used(&self, provider: &str) -> bool {
        self.fallback_order.iter().chain(&self.selectable).any(|name| name == provider)
    }

    fn unknown_providers(&self) -> Vec<String> {
        let known = self.providers.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        [("fallback_order", &self.fallback_order), ("selectable", &self.selectable)]
            .into_iter()
            .flat_map(|(field, names)| names.iter().map(move |name| (field, name)))
            .filter(|(_, name)| !self.providers.contains_key(*name))
            .map(|(field, name)| format!("{field}: {name:?} is not a provider (known: {known})"))
            .collect()
    }

    fn invalid_names(&self) -> impl Iterator<Item = String> {
        let invalid = self.providers.keys().filter(|name| !is_valid_name(name));
        invalid.map(|_| {
            format!("providers: a name must have 1 to {MAX_NAME_CHARS} letters, digits, - and _")
        })
    }
}

fn is_valid_name(name: &str) -> bool {
    (1..=MAX_NAME_CHARS).contains(&name.len())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

#[cfg(test)]
mod tests;
