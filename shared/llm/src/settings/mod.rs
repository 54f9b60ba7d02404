//! Which models answer: the section `models`.

mod key;
mod provider;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tandem_config::{ValidateConfig, prefixed};

pub use provider::{Kind, Provider};

/// The most retries that can be set.
const MOST_RETRIES: u32 = 10;

/// The longest pause that can be set, in milliseconds: an hour.
const LONGEST_MS: u64 = 60 * 60 * 1000;

/// Which models answer: `TANDEM_CHAT__MODELS__<KEY>`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The providers that answer, by name. The first answers messages that name no model; where one
    /// fails, those behind it are asked, and before it for 10 seconds, or as long as its `Retry-After`
    /// says. Default `["builtin"]`, which sends nothing anywhere.
    #[serde(rename = "use")]
    pub order: Vec<String>,
    /// The providers that callers may name in a message, and the first of `use`. One that is not in
    /// `use` has none behind it. Default: those of `use`.
    pub choose: Vec<String>,
    /// How often a provider is asked again before the next one is, after 408, 425, 429, 5xx, a connection
    /// that fails or an answer that breaks off before anything was said. Default 2, at most 10.
    pub retries: u32,
    /// The pause before that, in milliseconds; twice as long each time. Default 500.
    pub retry_pause_ms: u64,
    /// The longest pause, in milliseconds. A provider whose `Retry-After` says more is not waited for.
    /// Default 10000.
    pub longest_pause_ms: u64,
    /// The providers, by name: letters, digits, `-` and `_`. Those called `builtin`, `openai`, `gemini`
    /// and `anthropic` are there already.
    pub providers: BTreeMap<String, Provider>,
}

impl Default for Settings {
    fn default() -> Self {
        let known = [Kind::Builtin, Kind::OpenAi, Kind::Gemini, Kind::Anthropic];
        Self {
            order: vec!["builtin".to_owned()],
            choose: Vec::new(),
            retries: 2,
            retry_pause_ms: 500,
            longest_pause_ms: 10_000,
            providers: known.map(|kind| (kind.name().to_owned(), Provider::known(kind))).into(),
        }
    }
}

impl ValidateConfig for Settings {
    fn validate(&self) -> Vec<String> {
        let mut faults = self.names();
        if self.order.is_empty() {
            faults.push("use: names no provider".to_owned());
        }
        if self.retries > MOST_RETRIES {
            faults.push(format!("retries: must be at most {MOST_RETRIES}"));
        }
        let pauses =
            [("retry_pause_ms", self.retry_pause_ms), ("longest_pause_ms", self.longest_pause_ms)];
        for (field, value) in pauses {
            if value > LONGEST_MS {
                faults.push(format!("{field}: must be at most {LONGEST_MS}"));
            }
        }
        // One that nobody can ask needs no key.
        for (name, provider) in &self.providers {
            if self.order.contains(name) || self.choose.contains(name) {
                faults.extend(prefixed(&format!("providers.{name}"), provider.validate()));
            }
        }
        faults
    }
}

impl Settings {
    /// The names that stand for no provider, or cannot be one's name.
    fn names(&self) -> Vec<String> {
        let known = self.providers.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        let named = [("use", &self.order), ("choose", &self.choose)];
        let unknown = named.into_iter().flat_map(|(field, names)| {
            let unknown = names.iter().filter(|name| !self.providers.contains_key(*name));
            let known = &known;
            unknown.map(move |name| format!("{field}: {name:?} is none of the providers {known}"))
        });
        let is_name = |name: &str| {
            let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            (1..=64).contains(&name.len()) && name.chars().all(is_part)
        };
        let bad = self
            .providers
            .keys()
            .filter(|name| !is_name(name))
            .map(|_| "providers: a name has 1 to 64 letters, digits, - and _".to_owned());
        unknown.chain(bad).collect()
    }
}

#[cfg(test)]
mod tests;
