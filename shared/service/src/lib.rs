//! What every service has in common: the command line, the common settings, and serving.
//!
//! A service declares its settings with [`settings!`], implements [`Service`], and its `main` calls
//! [`run`]. See `tests/third_service.rs` for a whole one.

mod command;
mod report;
mod service;
mod settings;

pub use command::run;
pub use report::report_error;
pub use service::{Context, Parts, Service, migrate, serve};
pub use settings::{CommonSettings, PurgeSettings, ServiceSettings};

// What the macros expand to.
#[doc(hidden)]
pub use tandem_auth::Settings as AuthSettings;
#[doc(hidden)]
pub use tandem_config::{Rules, ValidateConfig};
#[doc(hidden)]
pub use tandem_database::Settings as DatabaseSettings;
#[doc(hidden)]
pub use tandem_server::Settings as ServerSettings;
#[doc(hidden)]
pub use tandem_server::StreamSettings;
#[doc(hidden)]
pub use tandem_server::logs::LogSettings;
