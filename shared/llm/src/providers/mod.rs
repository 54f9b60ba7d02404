//! The kinds of providers, a folder each. To add one: create its folder, declare it here, define its
//! [`Kind`](crate::Kind) constant in the folder and list that in [`registry`](crate::registry).

mod anthropic;
mod builtin;
mod gemini;
mod openai;
mod scripted;

use std::sync::Arc;

use crate::{Model, Provider};

/// A kind of provider. Those behind HTTP implement [`HttpProvider`](crate::http::HttpProvider)
/// instead, which includes this.
pub(crate) trait ProviderKind: Sync {
    /// The value of the setting `kind`.
    fn name(&self) -> &'static str;

    /// Whether the settings contain a provider of this kind, with the name of the kind, by default.
    fn is_preconfigured(&self) -> bool {
        true
    }

    /// The public API and one of its models; `None` without a network.
    fn default_endpoint(&self) -> Option<DefaultEndpoint> {
        None
    }

    /// Environment variables, each with the setting of the preconfigured provider that it sets.
    fn environment_variables(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }

    /// Whether calls go over a network, and are retried.
    fn is_remote(&self) -> bool {
        false
    }

    /// All violated rules, each as `field: rule`.
    fn validate(&self, settings: &Provider) -> Vec<String>;

    /// Creates the model.
    ///
    /// # Errors
    /// The settings are invalid, or the TLS library cannot be initialized.
    fn open(&self, context: &OpenContext<'_>) -> Result<Arc<dyn Model>, String>;
}

/// The public API of a provider.
#[derive(Clone, Copy)]
pub(crate) struct DefaultEndpoint {
    /// Its base URL, without a slash at the end.
    pub(crate) base_url: &'static str,
    /// The model that is used there unless settings name another.
    pub(crate) model: &'static str,
    /// Fields of requests that are sent there unless settings have others.
    pub(crate) extra_body: &'static [(&'static str, &'static str)],
}

/// What a model is created from.
pub(crate) struct OpenContext<'a> {
    /// The provider's name in the settings.
    pub(crate) name: &'a str,
    pub(crate) settings: &'a Provider,
    /// The caller's model of kind `builtin`.
    pub(crate) builtin: &'a Arc<dyn Model>,
}
