//! The configuration: settings from the file and the environment, and what tests replace.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tandem_clock::Clock;
use tandem_config::{Rules, ValidateConfig};
use tandem_error::Cause;
use tonic::transport::Endpoint;

use crate::agent::{DelegationSettings, Limits, Models};

/// A configured chat service.
#[derive(Clone)]
pub struct Config {
    /// The settings.
    pub settings: Settings,
    /// The clock.
    pub clock: Clock,
    /// The models that answer.
    pub models: Models,
}

impl Config {
    /// A service with the models of the settings and the clock of the machine.
    ///
    /// # Errors
    /// A model cannot be set up.
    pub fn new(settings: Settings) -> Result<Self, Cause> {
        let models = Models::open(&settings.models)?;
        Ok(Self { settings, clock: Clock::system(), models })
    }
}

tandem_service::settings! {
    /// The settings of the chat service.
    pub struct Settings("chat", port 50051) {
        /// The task service.
        pub tasks: Tasks,
        /// The tokens that the chat service signs for its calls to the task service.
        pub delegation: DelegationSettings,
        /// The limits of a turn.
        pub agent: Limits,
        /// The models that answer.
        pub models: tandem_llm::Settings,
    }
    aliases tandem_llm::environment_aliases().map(|(name, path)| (name, format!("models.{path}")))
}

/// The task service.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Tasks {
    /// The address of the task service.
    pub endpoint: String,
    /// The calls to the task service.
    pub calls: tandem_task_tools::Settings,
}

impl Default for Tasks {
    fn default() -> Self {
        let endpoint = "http://127.0.0.1:50052".to_owned();
        Self { endpoint, calls: tandem_task_tools::Settings::default() }
    }
}

impl ValidateConfig for Tasks {
    fn validate(&self) -> Vec<String> {
        let Self { endpoint, calls } = self;
        Rules::new()
            .section("calls", calls)
            .require(
                "endpoint",
                is_http_address(endpoint),
                "is not an address such as http://127.0.0.1:50052",
            )
            .violations()
    }
}

fn is_http_address(text: &str) -> bool {
    Endpoint::from_shared(text.to_owned()).is_ok_and(|endpoint| {
        endpoint.uri().scheme_str() == Some("http") && endpoint.uri().authority().is_some()
    })
}
