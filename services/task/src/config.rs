//! The configuration: settings from the file and the environment, and what tests replace.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tandem_clock::Clock;
use tandem_config::{HumanDuration, Rules, ValidateConfig};

/// A configured task service.
#[derive(Debug, Clone)]
pub struct Config {
    pub settings: Settings,
    pub clock: Clock,
}

impl Config {
    /// A service with the clock of the machine.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self { settings, clock: Clock::system() }
    }
}

tandem_service::settings! {
    /// The settings of the task service.
    pub struct Settings("task", port 50052) {
        /// The log of changes, from which watches resume.
        pub change_log: ChangeLog,
        /// The streams of changes.
        pub watch: WatchSettings,
    }
    aliases []
}

/// The streams of changes.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct WatchSettings {
    /// Time without an event after which a heartbeat is sent, and the log is read without a notification.
    /// Longer than 0s.
    pub heartbeat_interval: HumanDuration,
    /// The longest time of one stream; then it ends with DEADLINE_EXCEEDED and can be resumed. Longer than
    /// 0s.
    pub max_duration: HumanDuration,
}

impl Default for WatchSettings {
    fn default() -> Self {
        Self {
            heartbeat_interval: HumanDuration::from_secs(15),
            max_duration: HumanDuration::from_days(1),
        }
    }
}

impl ValidateConfig for WatchSettings {
    fn validate(&self) -> Vec<String> {
        Rules::new()
            .positive("heartbeat_interval", self.heartbeat_interval)
            .positive("max_duration", self.max_duration)
            .violations()
    }
}

/// The log of changes, from which watches resume.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ChangeLog {
    /// How long a watch can be resumed after its last event. Longer than 0s.
    pub retention: HumanDuration,
}

impl Default for ChangeLog {
    fn default() -> Self {
        Self { retention: HumanDuration::from_days(7) }
    }
}

impl ValidateConfig for ChangeLog {
    fn validate(&self) -> Vec<String> {
        let Self { retention } = self;
        Rules::new().positive("retention", *retention).violations()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn change_log_needs_a_retention() {
        let mut settings = Settings::default();
        assert_eq!(settings.validate().iter().filter(|it| it.contains("change_log")).count(), 0);
        settings.change_log.retention = HumanDuration::from_secs(0);
        let violations = settings.validate();
        let expected = "change_log.retention: must be longer than 0s".to_owned();
        assert!(violations.contains(&expected), "{violations:?}");
    }
}
