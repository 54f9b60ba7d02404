//! What can be set: `TANDEM_CHAT__<SECTION>__<KEY>`, or the table `[chat.<section>]` of the file.

use std::sync::LazyLock;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tandem_config::{ValidateConfig, prefixed};
use tonic::transport::Endpoint;

use crate::agent::{DelegationSettings, Limits};
use tandem_llm as llm;

/// The settings of the chat service, a section a field.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Where and how calls are served; port 50051.
    pub server: tandem_server::Settings,
    /// What is logged, and how.
    pub log: tandem_server::logs::LogSettings,
    /// Whose tokens are accepted.
    pub auth: tandem_auth::Settings,
    /// Where the conversations are.
    pub database: tandem_database::Settings,
    /// Where the task service is.
    pub tasks: Tasks,
    /// With what the chat service speaks for users towards the task service.
    pub delegation: DelegationSettings,
    /// How much a turn may take.
    pub agent: Limits,
    /// Which models answer.
    pub models: llm::Settings,
    /// What is removed for good, and when.
    pub purge: Purge,
}

/// What is removed for good, and when.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Purge {
    /// Seconds between two looks at what is due: 600.
    pub every_seconds: u64,
    /// Days that a deleted conversation can be taken back: 30.
    pub deleted_days: u32,
}

impl Default for Purge {
    fn default() -> Self {
        Self { every_seconds: 600, deleted_days: 30 }
    }
}

impl Purge {
    /// How long a deleted conversation is kept before it may be purged.
    pub(crate) fn retention(&self) -> Duration {
        Duration::from_secs(u64::from(self.deleted_days) * 24 * 60 * 60)
    }

    fn validate(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if self.every_seconds == 0 {
            faults.push("every_seconds: must be at least 1".to_owned());
        }
        if self.deleted_days > 36_500 {
            faults.push("deleted_days: must be at most 36500".to_owned());
        }
        faults
    }
}

/// Where the task service is.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tasks {
    /// Its address: <http://127.0.0.1:50052>.
    pub endpoint: String,
    /// How calls to it are made.
    pub calls: tandem_task_tools::Settings,
}

impl Tasks {
    fn validate(&self) -> Vec<String> {
        let uri = Endpoint::from_shared(self.endpoint.clone());
        let is_address = uri.is_ok_and(|endpoint| {
            endpoint.uri().scheme_str() == Some("http") && endpoint.uri().authority().is_some()
        });
        let mut faults = prefixed("calls", self.calls.validate());
        if !is_address {
            faults.push("endpoint: is no address such as http://127.0.0.1:50052".to_owned());
        }
        faults
    }
}

impl Default for Tasks {
    fn default() -> Self {
        let endpoint = "http://127.0.0.1:50052".to_owned();
        Self { endpoint, calls: tandem_task_tools::Settings::default() }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            server: tandem_server::Settings {
                listen: ([127, 0, 0, 1], 50051).into(),
                ..Default::default()
            },
            log: Default::default(),
            auth: Default::default(),
            database: tandem_database::Settings {
                application_name: "tandem-chat".to_owned(),
                ..tandem_database::Settings::sqlite("./data/chat.db")
            },
            tasks: Default::default(),
            delegation: Default::default(),
            agent: Default::default(),
            models: Default::default(),
            purge: Default::default(),
        }
    }
}

impl ValidateConfig for Settings {
    fn validate(&self) -> Vec<String> {
        [
            prefixed("server", self.server.validate()),
            prefixed("log", self.log.validate()),
            prefixed("auth", self.auth.validate()),
            prefixed("database", self.database.validate()),
            prefixed("tasks", self.tasks.validate()),
            prefixed("delegation", self.delegation.validate()),
            prefixed("agent", self.agent.validate()),
            prefixed("models", self.models.validate()),
            prefixed("purge", self.purge.validate()),
        ]
        .concat()
    }

    fn aliases() -> &'static [(&'static str, &'static str)] {
        static ALIASES: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
            let models = llm::environment_aliases()
                .map(|(variable, path)| (variable, &*format!("models.{path}").leak()));
            std::iter::once(("DATABASE_URL", "database.url")).chain(models).collect()
        });
        &ALIASES
    }
}
