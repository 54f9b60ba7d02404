//! The log: one line an event on standard error, as JSON or for people.

use std::io::{self, IsTerminal as _};

use serde::{Deserialize, Serialize};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, fmt, registry};

/// How the log is written; the section `log`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct LogSettings {
    /// `json` or `pretty`. Default `pretty`.
    pub format: Format,
    /// What is logged: `info`, or by target, `info,tandem_chat=debug`. Default `info`.
    pub filter: String,
}

/// The shape of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// A JSON object, for machines.
    Json,
    /// Words, coloured on a terminal.
    Pretty,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self { format: Format::Pretty, filter: "info".to_owned() }
    }
}

impl LogSettings {
    /// What is wrong with the values, each as `<key>: <what is wrong>`.
    #[must_use]
    pub fn validate(&self) -> Vec<String> {
        match EnvFilter::try_new(&self.filter) {
            Ok(_) => Vec::new(),
            Err(error) => vec![format!("filter: is not a filter: {error}")],
        }
    }
}

/// Starts the log of this process. Does nothing where it is started already.
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
    // The only error is that there is a log, which then stays.
    let _ = registry().with(EnvFilter::new(&settings.filter)).with(line).try_init();
}
