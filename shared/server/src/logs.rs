//! The log: one line per event on standard error, as JSON or as text.

use std::io::{self, IsTerminal as _};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tandem_config::ValidateConfig;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, fmt, registry};

/// The log.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LogSettings {
    /// The format of a line.
    pub format: Format,
    /// The events that are logged: a level such as `info`, or levels by target, such as
    /// `info,tandem_chat=debug`.
    pub filter: String,
}

/// The format of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// One JSON object per line.
    Json,
    /// Text, coloured on a terminal.
    Pretty,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self { format: Format::Pretty, filter: "info".to_owned() }
    }
}

impl ValidateConfig for LogSettings {
    fn validate(&self) -> Vec<String> {
        let Self { format: _, filter } = self;
        match EnvFilter::try_new(filter) {
            Ok(_) => Vec::new(),
            Err(error) => vec![format!("filter: is not a filter: {error}")],
        }
    }
}

/// Starts the log of this process. Does nothing if it is started already.
pub fn init(settings: &LogSettings) {
    let line = match settings.format {
        Format::Json => fmt::layer()
            .json()
            .flatten_event(true)
            .with_span_list(false)
            .with_writer(io::stderr)
            .boxed(),
        Format::Pretty => {
            fmt::layer().with_ansi(io::stderr().is_terminal()).with_writer(io::stderr).boxed()
        }
    };
    // The only error is that a log is started already, which then stays.
    let _ = registry().with(EnvFilter::new(&settings.filter)).with(line).try_init();
}
