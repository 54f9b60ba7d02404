//! What can be set: `TANDEM_TASK__<SECTION>__<KEY>`, or the table `[task.<section>]` of the file.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tandem_config::{ValidateConfig, prefixed};

/// The settings of the task service, a section a field.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Where and how calls are served; port 50052.
    pub server: tandem_server::Settings,
    /// What is logged, and how.
    pub log: tandem_server::logs::LogSettings,
    /// Whose tokens are accepted.
    pub auth: tandem_auth::Settings,
    /// Where the tasks are.
    pub database: tandem_database::Settings,
    /// What is removed for good, and when.
    pub purge: Purge,
}

/// What is removed for good, and when.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Purge {
    /// Seconds between two looks at what is due: 600.
    pub every_seconds: u64,
    /// Days that a deleted task can be taken back: 30.
    pub deleted_days: u32,
    /// Hours that a watch can be resumed after its last event: 168.
    pub changes_hours: u32,
}

impl Default for Purge {
    fn default() -> Self {
        Self { every_seconds: 600, deleted_days: 30, changes_hours: 168 }
    }
}

impl Purge {
    /// How long a deleted task is kept before it may be purged.
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
        if self.changes_hours > 876_000 {
            faults.push("changes_hours: must be at most 876000".to_owned());
        }
        faults
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            server: tandem_server::Settings {
                listen: ([127, 0, 0, 1], 50052).into(),
                ..Default::default()
            },
            log: Default::default(),
            auth: Default::default(),
            database: tandem_database::Settings {
                application_name: "tandem-task".to_owned(),
                ..tandem_database::Settings::sqlite("./data/task.db")
            },
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
            prefixed("purge", self.purge.validate()),
        ]
        .concat()
    }

    fn aliases() -> &'static [(&'static str, &'static str)] {
        &[("DATABASE_URL", "database.url")]
    }
}
