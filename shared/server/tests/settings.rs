//! Settings of server and log.

use tandem_config::{HumanDuration, ValidateConfig as _};
use tandem_server::Settings;
use tandem_server::logs::{self, LogSettings};

#[test]
fn defaults_are_valid() {
    assert_eq!(Settings::default().validate(), [""; 0]);
    assert_eq!(LogSettings::default().validate(), [""; 0]);
}

#[test]
fn unusable_limits_are_named() {
    let settings = Settings {
        deadline: HumanDuration::default(),
        max_concurrent_requests: 0,
        max_header_bytes: 100,
        shutdown_timeout: HumanDuration::default(),
        ..Settings::default()
    };
    assert_eq!(
        settings.validate(),
        [
            "deadline: must be longer than 0s",
            "max_concurrent_requests: must be at least 1",
            "max_header_bytes: must be at least 4096: a token must fit",
        ]
    );
}

#[test]
fn invalid_log_filter_is_named() {
    let logs = LogSettings { filter: "tandem_task=loud".to_owned(), ..LogSettings::default() };
    let [error] = &logs.validate()[..] else { panic!("one error is expected") };
    assert!(error.starts_with("filter: is not a filter: "), "{error}");
}

#[test]
fn log_can_be_started_twice() {
    logs::init(&LogSettings::default());
    logs::init(&LogSettings { format: logs::Format::Json, ..LogSettings::default() });
    assert!(tracing::dispatcher::has_been_set());
}
